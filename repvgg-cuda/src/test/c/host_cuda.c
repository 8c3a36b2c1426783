/*
 * The calls of CUDA 12, cuDNN 9 and cuBLAS 12 that repvgg-cuda makes, in plain C on the host's
 * memory, written from their documentation: argument order, descriptors, strides, alpha and beta.
 * Put in the libraries' place it runs the real JNI code without a card and without NVIDIA's files.
 * Nothing here is asynchronous.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define API __attribute__((visibility("default")))
typedef struct { int order, type, n, c, h, w; } Tensor;
typedef struct { int type, order, k, c, h, w; } Filter;
typedef struct { int padH, padW, strideH, strideW, dilationH, dilationW, mode, type, groups, math; } Convolution;
typedef struct { int mode, nan; double limit; } Activation;
typedef struct { int mode, nan, h, w, padH, padW, strideH, strideW; } Pooling;
typedef struct { int op, type, nan; } Operation;
typedef struct { int algo, status; float time; size_t memory; int determinism, math, reserved[3]; } Performance;
typedef struct { int pointerMode; } Blas;

enum { FLOAT = 0, BFLOAT16 = 9, NCHW = 0, NHWC = 1, BAD_PARAM = 2000, NOT_SUPPORTED = 3000, WORKSPACE = 512 };

/* ---- CUDA runtime ---- */
static size_t live = 0;
static const size_t TOTAL = (size_t) 1 << 36;

static int take(void **to, size_t bytes) {
  size_t *block = malloc(bytes + 256);
  if (!block) return 2;
  *block = bytes;
  live += bytes;
  memset((char *) block + 128, 0xff, bytes); /* NaN, whatever the format */
  *to = (char *) block + 128;
  return 0;
}
static int give(void *from) {
  if (from) {
    size_t *block = (size_t *) ((char *) from - 128);
    live -= *block;
    free(block);
  }
  return 0;
}
API int cudaMalloc(void **to, size_t bytes) { return take(to, bytes); }
API int cudaFree(void *from) { return give(from); }
API int cudaMallocHost(void **to, size_t bytes) { return take(to, bytes); }
API int cudaFreeHost(void *from) { return give(from); }
API int cudaMemGetInfo(size_t *left, size_t *total) { *left = TOTAL - live; *total = TOTAL; return 0; }
API int cudaMemcpyAsync(void *to, const void *from, size_t bytes, int kind, void *stream) {
  (void) kind; (void) stream;
  memmove(to, from, bytes);
  return 0;
}
API int cudaMemsetAsync(void *to, int value, size_t bytes, void *stream) {
  (void) stream;
  memset(to, value, bytes);
  return 0;
}
API int cudaStreamCreateWithFlags(void **to, unsigned flags) { (void) flags; return take(to, 8); }
API int cudaStreamDestroy(void *stream) { return give(stream); }
API int cudaStreamSynchronize(void *stream) { return stream ? 0 : 400; }
API int cudaStreamWaitEvent(void *stream, void *event, unsigned flags) { return stream && event && !flags ? 0 : 400; }
API int cudaEventCreateWithFlags(void **to, unsigned flags) { (void) flags; return take(to, 8); }
API int cudaEventRecord(void *event, void *stream) { return stream && event ? 0 : 400; }
API int cudaEventSynchronize(void *event) { return event ? 0 : 400; }
API int cudaEventDestroy(void *event) { return give(event); }
API int cudaGetDeviceCount(int *count) { *count = 1; return 0; }
API int cudaSetDevice(int device) { return device == 0 ? 0 : 101; }
API int cudaDriverGetVersion(int *version) { *version = 12090; return 0; }
API int cudaRuntimeGetVersion(int *version) { *version = 12090; return 0; }
API int cudaGetDeviceProperties_v2(void *properties, int device) {
  if (device) return 101;
  strcpy(properties, "host memory in a card's place");
  return 0;
}
API const char *cudaGetErrorString(int status) { (void) status; return "refused by host_cuda"; }

/* ---- numbers ---- */
static double load(const void *base, int type, size_t i) {
  if (type == FLOAT) return ((const float *) base)[i];
  uint32_t bits = (uint32_t) ((const uint16_t *) base)[i] << 16;
  float value;
  memcpy(&value, &bits, 4);
  return value;
}
static void store(void *base, int type, size_t i, double wide) {
  float value = (float) wide;
  if (type == FLOAT) {
    ((float *) base)[i] = value;
    return;
  }
  uint32_t bits;
  memcpy(&bits, &value, 4);
  if (value == value) bits += 0x7fff + (bits >> 16 & 1);
  ((uint16_t *) base)[i] = (uint16_t) (bits >> 16);
}
/* dst = alpha value + beta dst; beta 0 does not read dst. */
static void blend(void *base, int type, size_t i, double value, const void *alpha, const void *beta) {
  float a = *(const float *) alpha, b = *(const float *) beta;
  store(base, type, i, a * value + (b == 0 ? 0 : b * load(base, type, i)));
}
static size_t at(const Tensor *t, int n, int c, int h, int w) {
  return t->order == NHWC ? (((size_t) n * t->h + h) * t->w + w) * t->c + c
                          : (((size_t) n * t->c + c) * t->h + h) * t->w + w;
}
static size_t size(const Tensor *t) { return (size_t) t->n * t->c * t->h * t->w; }
static int same(const Tensor *a, const Tensor *b) { return a->n == b->n && a->c == b->c && a->h == b->h && a->w == b->w; }

/* ---- cuDNN: handles and descriptors ---- */
API int cudnnCreate(void **to) { return take(to, 8); }
API int cudnnDestroy(void *handle) { return give(handle); }
API int cudnnSetStream(void *handle, void *stream) { return handle && stream ? 0 : BAD_PARAM; }
API size_t cudnnGetVersion(void) { return 91000; }
API const char *cudnnGetErrorString(int status) {
  return status == NOT_SUPPORTED ? "not supported by host_cuda" : "refused by host_cuda";
}
#define DESCRIPTOR(kind, type) \
  API int cudnnCreate##kind##Descriptor(void **to) { return take(to, sizeof(type)); } \
  API int cudnnDestroy##kind##Descriptor(void *descriptor) { return give(descriptor); }
DESCRIPTOR(Tensor, Tensor)
DESCRIPTOR(Filter, Filter)
DESCRIPTOR(Convolution, Convolution)
DESCRIPTOR(Activation, Activation)
DESCRIPTOR(Pooling, Pooling)
DESCRIPTOR(OpTensor, Operation)
API int cudnnSetTensor4dDescriptor(Tensor *t, int order, int type, int n, int c, int h, int w) {
  *t = (Tensor){order, type, n, c, h, w};
  return n < 1 || c < 1 || h < 1 || w < 1 || order > 1 ? BAD_PARAM : 0;
}
API int cudnnSetFilter4dDescriptor(Filter *f, int type, int order, int k, int c, int h, int w) {
  *f = (Filter){type, order, k, c, h, w};
  return order == NHWC ? 0 : NOT_SUPPORTED;
}
API int cudnnSetConvolution2dDescriptor(Convolution *v, int padH, int padW, int strideH, int strideW, int dilationH, int dilationW, int mode, int type) {
  *v = (Convolution){padH, padW, strideH, strideW, dilationH, dilationW, mode, type, 1, 0};
  return mode == 1 && type == FLOAT ? 0 : NOT_SUPPORTED;
}
API int cudnnSetConvolutionGroupCount(Convolution *v, int groups) { v->groups = groups; return 0; }
API int cudnnSetConvolutionMathType(Convolution *v, int math) { v->math = math; return 0; }
API int cudnnSetActivationDescriptor(Activation *a, int mode, int nan, double limit) {
  *a = (Activation){mode, nan, limit};
  return mode == 1 ? 0 : NOT_SUPPORTED;
}
API int cudnnSetPooling2dDescriptor(Pooling *p, int mode, int nan, int h, int w, int padH, int padW, int strideH, int strideW) {
  *p = (Pooling){mode, nan, h, w, padH, padW, strideH, strideW};
  return mode == 2 && !padH && !padW ? 0 : NOT_SUPPORTED;
}
API int cudnnSetOpTensorDescriptor(Operation *o, int op, int type, int nan) {
  *o = (Operation){op, type, nan};
  return type == FLOAT ? 0 : NOT_SUPPORTED;
}

/* ---- cuDNN: convolution ---- */
static int fits(const Tensor *x, const Filter *w, const Convolution *v, const Tensor *y) {
  int h = (x->h + 2 * v->padH - ((w->h - 1) * v->dilationH + 1)) / v->strideH + 1;
  int width = (x->w + 2 * v->padW - ((w->w - 1) * v->dilationW + 1)) / v->strideW + 1;
  return x->n == y->n && w->k == y->c && w->c * v->groups == x->c && h == y->h && width == y->w
      && x->type == w->type && w->type == y->type;
}
/* The first offer is not deterministic, the second is. */
static int offer(int count, int *found, Performance *results, const Convolution *v) {
  int offers = count < 2 ? count : 2;
  for (int i = 0; i < offers; i++)
    results[i] = (Performance){i, 0, 1.0f + i, WORKSPACE, i, v->math, {0, 0, 0}};
  *found = offers;
  return 0;
}
API int cudnnGetConvolutionForwardAlgorithm_v7(void *handle, Tensor *x, Filter *w, Convolution *v, Tensor *y, int count, int *found, Performance *results) {
  return handle && fits(x, w, v, y) ? offer(count, found, results, v) : BAD_PARAM;
}
API int cudnnGetConvolutionBackwardDataAlgorithm_v7(void *handle, Filter *w, Tensor *dy, Convolution *v, Tensor *dx, int count, int *found, Performance *results) {
  return handle && fits(dx, w, v, dy) ? offer(count, found, results, v) : BAD_PARAM;
}
API int cudnnGetConvolutionBackwardFilterAlgorithm_v7(void *handle, Tensor *x, Tensor *dy, Convolution *v, Filter *dw, int count, int *found, Performance *results) {
  return handle && fits(x, dw, v, dy) ? offer(count, found, results, v) : BAD_PARAM;
}
API int cudnnFindConvolutionForwardAlgorithm(void *handle, Tensor *x, Filter *w, Convolution *v, Tensor *y, int count, int *found, Performance *results) {
  return cudnnGetConvolutionForwardAlgorithm_v7(handle, x, w, v, y, count, found, results);
}
API int cudnnFindConvolutionBackwardDataAlgorithm(void *handle, Filter *w, Tensor *dy, Convolution *v, Tensor *dx, int count, int *found, Performance *results) {
  return cudnnGetConvolutionBackwardDataAlgorithm_v7(handle, w, dy, v, dx, count, found, results);
}
API int cudnnFindConvolutionBackwardFilterAlgorithm(void *handle, Tensor *x, Tensor *dy, Convolution *v, Filter *dw, int count, int *found, Performance *results) {
  return cudnnGetConvolutionBackwardFilterAlgorithm_v7(handle, x, dy, v, dw, count, found, results);
}
API int cudnnGetConvolutionForwardWorkspaceSize(void *handle, Tensor *x, Filter *w, Convolution *v, Tensor *y, int algo, size_t *bytes) {
  (void) algo;
  *bytes = WORKSPACE;
  return handle && fits(x, w, v, y) ? 0 : BAD_PARAM;
}
API int cudnnGetConvolutionBackwardDataWorkspaceSize(void *handle, Filter *w, Tensor *dy, Convolution *v, Tensor *dx, int algo, size_t *bytes) {
  (void) algo;
  *bytes = WORKSPACE;
  return handle && fits(dx, w, v, dy) ? 0 : BAD_PARAM;
}
API int cudnnGetConvolutionBackwardFilterWorkspaceSize(void *handle, Tensor *x, Tensor *dy, Convolution *v, Filter *dw, int algo, size_t *bytes) {
  (void) algo;
  *bytes = WORKSPACE;
  return handle && fits(x, dw, v, dy) ? 0 : BAD_PARAM;
}

typedef void (*Product)(void *context, size_t x, size_t w, size_t y);
static void products(const Tensor *x, const Filter *w, const Convolution *v, const Tensor *y, Product product, void *context) {
  int outs = w->k / v->groups;
  for (int n = 0; n < y->n; n++)
    for (int k = 0; k < y->c; k++)
      for (int oy = 0; oy < y->h; oy++)
        for (int ox = 0; ox < y->w; ox++)
          for (int ky = 0; ky < w->h; ky++)
            for (int kx = 0; kx < w->w; kx++) {
              int iy = oy * v->strideH - v->padH + ky * v->dilationH;
              int ix = ox * v->strideW - v->padW + kx * v->dilationW;
              if (iy < 0 || ix < 0 || iy >= x->h || ix >= x->w) continue;
              for (int c = 0; c < w->c; c++)
                product(context, at(x, n, k / outs * w->c + c, iy, ix),
                        (((size_t) k * w->h + ky) * w->w + kx) * w->c + c, at(y, n, k, oy, ox));
            }
}
typedef struct { const void *a, *b; int type; double *sums; } Sums;
static void forward(void *s, size_t x, size_t w, size_t y) {
  Sums *p = s;
  p->sums[y] += load(p->a, p->type, x) * load(p->b, p->type, w);
}
static void backwardData(void *s, size_t x, size_t w, size_t y) {
  Sums *p = s;
  p->sums[x] += load(p->a, p->type, w) * load(p->b, p->type, y);
}
static void backwardFilter(void *s, size_t x, size_t w, size_t y) {
  Sums *p = s;
  p->sums[w] += load(p->a, p->type, x) * load(p->b, p->type, y);
}
static int finish(Sums *sums, size_t count, void *to, const void *alpha, const void *beta) {
  for (size_t i = 0; i < count; i++) blend(to, sums->type, i, sums->sums[i], alpha, beta);
  free(sums->sums);
  return 0;
}
API int cudnnConvolutionForward(void *handle, const void *alpha, Tensor *x, const void *xData, Filter *w, const void *wData, Convolution *v, int algo, void *workspace, size_t bytes, const void *beta, Tensor *y, void *yData) {
  if (!handle || !fits(x, w, v, y) || algo != 1 || !workspace || bytes < WORKSPACE) return BAD_PARAM;
  Sums sums = {xData, wData, x->type, calloc(size(y), sizeof(double))};
  products(x, w, v, y, forward, &sums);
  return finish(&sums, size(y), yData, alpha, beta);
}
API int cudnnConvolutionBackwardData(void *handle, const void *alpha, Filter *w, const void *wData, Tensor *dy, const void *dyData, Convolution *v, int algo, void *workspace, size_t bytes, const void *beta, Tensor *dx, void *dxData) {
  if (!handle || !fits(dx, w, v, dy) || algo != 1 || !workspace || bytes < WORKSPACE) return BAD_PARAM;
  Sums sums = {wData, dyData, dx->type, calloc(size(dx), sizeof(double))};
  products(dx, w, v, dy, backwardData, &sums);
  return finish(&sums, size(dx), dxData, alpha, beta);
}
API int cudnnConvolutionBackwardFilter(void *handle, const void *alpha, Tensor *x, const void *xData, Tensor *dy, const void *dyData, Convolution *v, int algo, void *workspace, size_t bytes, const void *beta, Filter *dw, void *dwData) {
  if (!handle || !fits(x, dw, v, dy) || algo != 1 || !workspace || bytes < WORKSPACE) return BAD_PARAM;
  size_t count = (size_t) dw->k * dw->c * dw->h * dw->w;
  Sums sums = {xData, dyData, x->type, calloc(count, sizeof(double))};
  products(x, dw, v, dy, backwardFilter, &sums);
  return finish(&sums, count, dwData, alpha, beta);
}

/* ---- cuDNN: BatchNorm ---- */
API int cudnnBatchNormalizationForwardTraining(void *handle, int mode, const void *alpha, const void *beta, Tensor *x, const void *xData, Tensor *y, void *yData, Tensor *p, const void *scale, const void *bias, double factor, void *runningMean, void *runningVariance, double eps, void *savedMean, void *savedDeviation) {
  if (!handle || mode != 1 || !same(x, y) || p->type != FLOAT || p->c != x->c || p->n * p->h * p->w != 1) return BAD_PARAM;
  double m = (double) x->n * x->h * x->w;
  for (int c = 0; c < x->c; c++) {
    double mean = 0, variance = 0;
    for (int n = 0; n < x->n; n++)
      for (int h = 0; h < x->h; h++)
        for (int w = 0; w < x->w; w++) mean += load(xData, x->type, at(x, n, c, h, w)) / m;
    for (int n = 0; n < x->n; n++)
      for (int h = 0; h < x->h; h++)
        for (int w = 0; w < x->w; w++) variance += pow(load(xData, x->type, at(x, n, c, h, w)) - mean, 2) / m;
    double deviation = 1 / sqrt(variance + eps);
    float *oldMean = (float *) runningMean + c, *oldVariance = (float *) runningVariance + c;
    *oldMean = (float) (*oldMean * (1 - factor) + mean * factor);
    *oldVariance = (float) (*oldVariance * (1 - factor) + variance * m / (m - 1) * factor);
    ((float *) savedMean)[c] = (float) mean;
    ((float *) savedDeviation)[c] = (float) deviation;
    for (int n = 0; n < x->n; n++)
      for (int h = 0; h < x->h; h++)
        for (int w = 0; w < x->w; w++) {
          double normal = (load(xData, x->type, at(x, n, c, h, w)) - mean) * deviation;
          blend(yData, y->type, at(y, n, c, h, w), ((const float *) scale)[c] * normal + ((const float *) bias)[c], alpha, beta);
        }
  }
  return 0;
}
API int cudnnBatchNormalizationBackward(void *handle, int mode, const void *alphaData, const void *betaData, const void *alphaParam, const void *betaParam, Tensor *x, const void *xData, Tensor *dy, const void *dyData, Tensor *dx, void *dxData, Tensor *p, const void *scale, void *dScale, void *dBias, double eps, const void *savedMean, const void *savedDeviation) {
  (void) eps;
  if (!handle || mode != 1 || !same(x, dy) || !same(x, dx) || p->type != FLOAT || p->c != x->c) return BAD_PARAM;
  double m = (double) x->n * x->h * x->w;
  for (int c = 0; c < x->c; c++) {
    double mean = ((const float *) savedMean)[c], deviation = ((const float *) savedDeviation)[c];
    double sum = 0, product = 0;
    for (int n = 0; n < x->n; n++)
      for (int h = 0; h < x->h; h++)
        for (int w = 0; w < x->w; w++) {
          double g = load(dyData, dy->type, at(dy, n, c, h, w));
          sum += g;
          product += g * (load(xData, x->type, at(x, n, c, h, w)) - mean) * deviation;
        }
    blend(dScale, FLOAT, c, product, alphaParam, betaParam);
    blend(dBias, FLOAT, c, sum, alphaParam, betaParam);
    for (int n = 0; n < x->n; n++)
      for (int h = 0; h < x->h; h++)
        for (int w = 0; w < x->w; w++) {
          double normal = (load(xData, x->type, at(x, n, c, h, w)) - mean) * deviation;
          double g = load(dyData, dy->type, at(dy, n, c, h, w)) - (sum + normal * product) / m;
          blend(dxData, dx->type, at(dx, n, c, h, w), ((const float *) scale)[c] * deviation * g, alphaData, betaData);
        }
  }
  return 0;
}

/* ---- cuDNN: the rest ---- */
static size_t spread(const Tensor *a, int n, int c, int h, int w) {
  return at(a, a->n == 1 ? 0 : n, a->c == 1 ? 0 : c, a->h == 1 ? 0 : h, a->w == 1 ? 0 : w);
}
API int cudnnAddTensor(void *handle, const void *alpha, Tensor *a, const void *aData, const void *beta, Tensor *c, void *cData) {
  if (!handle || a->type != c->type) return BAD_PARAM;
  for (int n = 0; n < c->n; n++)
    for (int k = 0; k < c->c; k++)
      for (int h = 0; h < c->h; h++)
        for (int w = 0; w < c->w; w++) blend(cData, c->type, at(c, n, k, h, w), load(aData, a->type, spread(a, n, k, h, w)), alpha, beta);
  return 0;
}
API int cudnnTransformTensor(void *handle, const void *alpha, Tensor *x, const void *xData, const void *beta, Tensor *y, void *yData) {
  if (!handle || !same(x, y) || x->type != y->type || xData == yData) return BAD_PARAM;
  for (int n = 0; n < x->n; n++)
    for (int c = 0; c < x->c; c++)
      for (int h = 0; h < x->h; h++)
        for (int w = 0; w < x->w; w++) blend(yData, y->type, at(y, n, c, h, w), load(xData, x->type, at(x, n, c, h, w)), alpha, beta);
  return 0;
}
API int cudnnOpTensor(void *handle, Operation *o, const void *alpha1, Tensor *a, const void *aData, const void *alpha2, Tensor *b, const void *bData, const void *beta, Tensor *c, void *cData) {
  if (!handle || !same(a, b) || !same(a, c) || a->type != b->type || aData == cData || bData == cData) return BAD_PARAM;
  float one = 1, first = *(const float *) alpha1, second = *(const float *) alpha2;
  for (size_t i = 0; i < size(c); i++) {
    double x = first * load(aData, a->type, i), y = second * load(bData, b->type, i);
    double result = o->op == 1 ? x * y : o->op == 3 ? (x > y ? x : y) : NAN;
    blend(cData, c->type, i, result, &one, beta);
  }
  return 0;
}
API int cudnnActivationForward(void *handle, Activation *r, const void *alpha, Tensor *x, const void *xData, const void *beta, Tensor *y, void *yData) {
  if (!handle || r->mode != 1 || !same(x, y)) return BAD_PARAM;
  for (size_t i = 0; i < size(x); i++) {
    double value = load(xData, x->type, i);
    blend(yData, y->type, i, value < 0 ? 0 : value, alpha, beta);
  }
  return 0;
}
API int cudnnActivationBackward(void *handle, Activation *r, const void *alpha, Tensor *y, const void *yData, Tensor *dy, const void *dyData, Tensor *x, const void *xData, const void *beta, Tensor *dx, void *dxData) {
  if (!handle || r->mode != 1 || !same(x, y) || !same(x, dy) || !same(x, dx)) return BAD_PARAM;
  for (size_t i = 0; i < size(x); i++)
    blend(dxData, dx->type, i, load(xData, x->type, i) > 0 && load(yData, y->type, i) > 0 ? load(dyData, dy->type, i) : 0, alpha, beta);
  return 0;
}
API int cudnnPoolingForward(void *handle, Pooling *p, const void *alpha, Tensor *x, const void *xData, const void *beta, Tensor *y, void *yData) {
  if (!handle || p->h != x->h || p->w != x->w || y->h != 1 || y->w != 1 || x->c != y->c || x->n != y->n) return BAD_PARAM;
  for (int n = 0; n < x->n; n++)
    for (int c = 0; c < x->c; c++) {
      double sum = 0;
      for (int h = 0; h < x->h; h++)
        for (int w = 0; w < x->w; w++) sum += load(xData, x->type, at(x, n, c, h, w));
      blend(yData, y->type, at(y, n, c, 0, 0), sum / (x->h * x->w), alpha, beta);
    }
  return 0;
}
API int cudnnPoolingBackward(void *handle, Pooling *p, const void *alpha, Tensor *y, const void *yData, Tensor *dy, const void *dyData, Tensor *x, const void *xData, const void *beta, Tensor *dx, void *dxData) {
  if (!handle || !yData || !xData || p->h != x->h || p->w != x->w || !same(y, dy) || !same(x, dx)) return BAD_PARAM;
  for (int n = 0; n < x->n; n++)
    for (int c = 0; c < x->c; c++)
      for (int h = 0; h < x->h; h++)
        for (int w = 0; w < x->w; w++)
          blend(dxData, dx->type, at(dx, n, c, h, w), load(dyData, dy->type, at(dy, n, c, 0, 0)) / (x->h * x->w), alpha, beta);
  return 0;
}
API int cudnnSoftmaxForward(void *handle, int algo, int mode, const void *alpha, Tensor *x, const void *xData, const void *beta, Tensor *y, void *yData) {
  if (!handle || mode != 0 || algo < 1 || algo > 2 || !same(x, y)) return BAD_PARAM;
  size_t columns = (size_t) x->c * x->h * x->w;
  for (int n = 0; n < x->n; n++) {
    double largest = -INFINITY, sum = 0;
    for (size_t i = 0; i < columns; i++) largest = fmax(largest, load(xData, x->type, n * columns + i));
    for (size_t i = 0; i < columns; i++) sum += exp(load(xData, x->type, n * columns + i) - largest);
    for (size_t i = 0; i < columns; i++) {
      double log_ = load(xData, x->type, n * columns + i) - largest - log(sum);
      blend(yData, y->type, n * columns + i, algo == 2 ? log_ : exp(log_), alpha, beta);
    }
  }
  return 0;
}

/* ---- cuBLAS ---- */
API int cublasCreate_v2(Blas **to) {
  int status = take((void **) to, sizeof(Blas));
  if (!status) (*to)->pointerMode = 0;
  return status;
}
API int cublasDestroy_v2(Blas *blas) { return give(blas); }
API int cublasSetStream_v2(Blas *blas, void *stream) { return blas && stream ? 0 : 7; }
API int cublasSetPointerMode_v2(Blas *blas, int mode) { blas->pointerMode = mode; return 0; }
API const char *cublasGetStatusString(int status) { (void) status; return "refused by host_cuda"; }
static double element(const float *m, int transposed, int ld, int row, int column) {
  return transposed ? m[(size_t) row * ld + column] : m[(size_t) column * ld + row];
}
API int cublasSgemm_v2(Blas *blas, int ta, int tb, int m, int n, int k, const float *alpha, const float *a, int lda, const float *b, int ldb, const float *beta, float *c, int ldc) {
  if (blas->pointerMode || lda < (ta ? k : m) || ldb < (tb ? n : k) || ldc < m) return 7;
  for (int j = 0; j < n; j++)
    for (int i = 0; i < m; i++) {
      double sum = 0;
      for (int l = 0; l < k; l++) sum += element(a, ta, lda, i, l) * element(b, tb, ldb, l, j);
      blend(c, FLOAT, (size_t) j * ldc + i, sum, alpha, beta);
    }
  return 0;
}
API int cublasSaxpy_v2(Blas *blas, int n, const float *alpha, const float *x, int stepX, float *y, int stepY) {
  if (blas->pointerMode) return 7;
  for (int i = 0; i < n; i++) y[(size_t) i * stepY] = (float) ((double) *alpha * x[(size_t) i * stepX] + y[(size_t) i * stepY]);
  return 0;
}
API int cublasSscal_v2(Blas *blas, int n, const float *alpha, float *x, int step) {
  if (blas->pointerMode) return 7;
  for (int i = 0; i < n; i++) x[(size_t) i * step] *= *alpha;
  return 0;
}
API int cublasSdot_v2(Blas *blas, int n, const float *x, int stepX, const float *y, int stepY, float *result) {
  if (blas->pointerMode != 1) return 7;
  double sum = 0;
  for (int i = 0; i < n; i++) sum += (double) x[(size_t) i * stepX] * y[(size_t) i * stepY];
  *result = (float) sum;
  return 0;
}
API int cublasSnrm2_v2(Blas *blas, int n, const float *x, int step, float *result) {
  if (blas->pointerMode != 1) return 7;
  double sum = 0;
  for (int i = 0; i < n; i++) sum += (double) x[(size_t) i * step] * x[(size_t) i * step];
  *result = (float) sqrt(sum);
  return 0;
}
