'use strict';
// The page at "/": images in, bars out. Everything that a file or the server says is set as text,
// never as markup.
(() => {
  const AT_ONCE = 2; // more would measure the queue of this page's own images
  const TOKEN = 'repvgg-serve-token';
  const byId = (id) => document.getElementById(id);
  const waiting = [];
  let models = []; // name, version, precision, input, …: what model() makes
  let running = 0;
  let token = remembered();

  function remembered() {
    try {
      return sessionStorage.getItem(TOKEN);
    } catch {
      return null; // a browser that keeps nothing
    }
  }

  function remember(value) {
    token = value;
    try {
      if (value) sessionStorage.setItem(TOKEN, value);
      else sessionStorage.removeItem(TOKEN);
    } catch {
      // then it has to be typed again
    }
  }

  function headers(more) {
    return token ? { ...more, Authorization: 'Bearer ' + token } : more;
  }

  function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  }

  // --- models ---

  async function loadModels() {
    try {
      const list = await get('v2/models');
      if (list === null) return;
      const facts = await Promise.all(list.models.flatMap(({ name, versions }) =>
        versions.map((version) => get('v2/models/' + encodeURIComponent(name) + '/versions/' + version).then((facts) => model(name, version, facts)))));
      models = facts.filter(Boolean);
      byId('access').hidden = true;
      showModels();
    } catch (fault) {
      byId('state').textContent = 'The server gives no list of its models: ' + fault.message;
    }
  }

  /** JSON from the server; null where it wants a token. */
  async function get(path) {
    const response = await fetch(path, { headers: headers({ Accept: 'application/json' }) });
    if (response.status === 401) {
      wantToken();
      return null;
    }
    if (!response.ok) throw new Error(await words(response));
    return response.json();
  }

  /** What this page needs of a model's metadata; null of one that takes no image files. */
  function model(name, version, facts) {
    if (!facts || !facts.inputs.some((input) => input.datatype === 'BYTES')) return null;
    const more = facts.parameters || {};
    const tensor = facts.inputs.find((input) => input.datatype !== 'BYTES');
    return {
      name,
      version,
      precision: (more.precision || '').toUpperCase(),
      convolutions: more.convolutions,
      input: tensor && tensor.shape.slice(1),
      classes: more.classes,
      certificate: inWords(more.certificate),
      selfCheck: more.self_check,
      engine: more.engine,
      pace: more.batch && more.batch + ' at once on ' + more.threads + (more.threads === 1 ? ' core' : ' cores'),
    };
  }

  function inWords(certificate) {
    if (!certificate) return 'none in the file';
    const regions = certificate.regions + ' fused regions';
    return certificate.verdict === 'within_bound'
      ? regions + ', each within its proven bound; the largest difference was '
        + certificate.largest_difference.toExponential(1)
      : regions + ', not measured on images';
  }

  function wantToken() {
    byId('state').textContent = token
      ? 'The server does not take this token.'
      : 'The server answers those who know its token.';
    remember(null);
    byId('access').hidden = false;
    byId('token').value = '';
    byId('token').focus();
  }

  function showModels() {
    const state = byId('state');
    byId('model').hidden = models.length === 0;
    if (models.length === 0) {
      state.textContent = 'No model here takes images yet; this page looks again in a few seconds.';
      setTimeout(loadModels, 3000);
      return;
    }
    const select = byId('models');
    const before = select.value;
    select.replaceChildren(...models.map((model) => new Option(title(model), key(model))));
    if (models.some((model) => key(model) === before)) select.value = before;
    byId('model-field').hidden = models.length === 1;
    state.textContent =
      models.length === 1 ? 'Answers by ' + title(models[0]) + '.' : models.length + ' models answer here.';
    showFacts();
    next();
  }

  /** As a path of predictions names it. */
  function key(model) {
    return encodeURIComponent(model.name) + '/' + model.version;
  }

  function title(model) {
    return model.name + ', version ' + model.version;
  }

  function chosen() {
    return models.find((model) => key(model) === byId('models').value) || models[0];
  }

  function showFacts() {
    const model = chosen();
    const facts = [
      ['Precision', model.precision],
      ['Convolutions', model.convolutions],
      ['Input', model.input && model.input.join(' × ')],
      ['Classes', model.classes],
      ['Certificate', model.certificate],
      ['Self-check', model.selfCheck],
      ['Engine', model.engine],
      ['Images', model.pace],
    ];
    byId('facts').replaceChildren(
      ...facts
        .filter(([, value]) => value)
        .flatMap(([name, value]) => [make('dt', '', name), make('dd', '', String(value))]));
  }

  // --- images ---

  function add(files) {
    const images = [...files].filter((file) => file.size > 0);
    for (const file of images) {
      const item = { file, card: newCard(file) };
      byId('cards').prepend(item.card);
      waiting.push(item);
    }
    byId('tools').hidden = byId('cards').childElementCount === 0;
    if (images.length > 0) say(images.length === 1 ? 'Sending ' + images[0].name : 'Sending ' + images.length + ' images');
    else if (files.length > 0) say('That is no image: the file is empty');
    next();
  }

  function newCard(file) {
    const card = byId('card').content.firstElementChild.cloneNode(true);
    const image = card.querySelector('img');
    const address = URL.createObjectURL(file);
    card.querySelector('h2').textContent = file.name;
    image.addEventListener('load', () => URL.revokeObjectURL(address), { once: true });
    image.addEventListener('error', () => {
      URL.revokeObjectURL(address);
      image.parentElement.textContent = 'no preview';
    }, { once: true });
    image.src = address;
    const remove = card.querySelector('.remove');
    remove.setAttribute('aria-label', 'Remove ' + file.name);
    remove.addEventListener('click', () => {
      const neighbour = card.nextElementSibling || card.previousElementSibling;
      card.remove();
      (neighbour || byId('choose')).focus();
      byId('tools').hidden = byId('cards').childElementCount === 0;
    });
    card.file = file;
    return card;
  }

  function next() {
    while (running < AT_ONCE && waiting.length > 0 && models.length > 0) {
      const item = waiting.shift();
      if (item.card.isConnected) {
        running++;
        ask(item, chosen()).finally(() => {
          running--;
          next();
        });
      }
    }
  }

  async function ask({ file, card }, model) {
    begin(card);
    const start = performance.now();
    try {
      const response = await fetch('predictions/' + key(model) + '?top=' + byId('top').value, {
        method: 'POST',
        headers: headers({ 'Content-Type': file.type || 'application/octet-stream', Accept: 'application/json' }),
        body: file,
      });
      if (response.status === 401) wantToken();
      if (!response.ok) throw new Error(await words(response));
      const classes = await response.json();
      show(card, file, classes, model, performance.now() - start, response.headers.get('Server-Timing'));
    } catch (fault) {
      const text = fault instanceof TypeError ? 'The server cannot be reached, or ended the connection.' : fault.message;
      card.querySelector('.progress').hidden = true;
      const place = card.querySelector('.fault');
      place.textContent = text;
      place.hidden = false;
      say(file.name + ': ' + text);
    }
  }

  function begin(card) {
    card.querySelector('.progress').hidden = false;
    card.querySelector('.progress').textContent = 'asking…';
    card.querySelector('.fault').hidden = true;
    card.querySelector('.times').hidden = true;
    card.querySelector('.bars').replaceChildren();
  }

  /** What the server says of a failure, in words for people. */
  async function words(response) {
    let said = '';
    try {
      said = (await response.json()).error || '';
    } catch {
      // no JSON: a proxy in between, then the status has to do
    }
    const retry = response.headers.get('Retry-After');
    switch (response.status) {
      case 401: return 'The server wants a token.';
      case 413: return said || 'The image is larger than this server takes.';
      case 503: return (said || 'The server is busy') + (retry ? '; try again in ' + retry + ' s' : '');
      default: return said || 'The server answered with status ' + response.status + '.';
    }
  }

  function show(card, file, classes, model, millis, serverTiming) {
    card.querySelector('.progress').hidden = true;
    card.querySelector('.bars').replaceChildren(...bars(classes));
    const times = card.querySelector('.times');
    times.textContent = [ms(millis) + ' in all', ...phases(serverTiming), title(model), model.precision]
      .filter(Boolean).join(' · ');
    times.hidden = false;
    const best = classes[0];
    say(file.name + ': ' + (best ? best.className + ', ' + value(best) : 'no class') + ', ' + ms(millis));
  }

  function value(answer) {
    return answer.probability === undefined
      ? answer.output.toPrecision(4)
      : (100 * answer.probability).toFixed(1) + ' %';
  }

  /** A bar is as long as its probability; where there are none, as the answer beside the largest. */
  function bars(classes) {
    const largest = Math.max(...classes.map((each) => Math.abs(each.output || 0))) || 1;
    return classes.map((each) => {
      const share = each.probability === undefined ? Math.max(0, each.output) / largest : each.probability;
      const line = make('li');
      const track = make('div', 'track');
      const bar = make('div', 'bar');
      track.setAttribute('aria-hidden', 'true');
      track.append(bar);
      line.append(make('span', 'name', each.className), make('span', 'value', value(each)), track);
      requestAnimationFrame(() => { bar.style.width = 100 * Math.min(1, share) + '%'; });
      return line;
    });
  }

  function ms(millis) {
    return (millis < 10 ? millis.toFixed(1) : Math.round(millis)) + ' ms';
  }

  /** "decode;dur=3.1, wait;dur=0.2" as ["decoding 3.1 ms", …]. */
  function phases(header) {
    const names = { decode: 'decoding', wait: 'waiting', compute: 'computing' };
    return (header || '').split(',').map((part) => {
      const [, name, duration] = /^\s*([\w-]+)\s*(?:;.*)?;\s*dur=([\d.]+)/.exec(part) || [];
      return names[name] && names[name] + ' ' + ms(Number(duration));
    }).filter(Boolean);
  }

  function say(text) {
    byId('said').textContent = text;
  }

  // --- what people do ---

  byId('choose').addEventListener('change', (event) => {
    add(event.target.files);
    event.target.value = '';
  });
  document.addEventListener('paste', (event) => {
    const files = event.clipboardData ? event.clipboardData.files : [];
    if (files.length > 0) {
      event.preventDefault();
      add(files);
    }
  });
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('over');
  });
  document.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) document.body.classList.remove('over');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('over');
    add(event.dataTransfer.files);
  });
  byId('send').addEventListener('submit', (event) => event.preventDefault());
  byId('models').addEventListener('change', showFacts);
  byId('again').addEventListener('click', () => {
    for (const card of byId('cards').children) {
      if (!waiting.some((item) => item.card === card)) waiting.push({ file: card.file, card });
    }
    next();
  });
  byId('clear').addEventListener('click', () => {
    byId('cards').replaceChildren();
    byId('tools').hidden = true;
    say('Cleared');
    byId('choose').focus();
  });
  byId('access').addEventListener('submit', (event) => {
    event.preventDefault();
    remember(byId('token').value.trim());
    loadModels();
  });
  byId('about').open = matchMedia('(min-width: 40rem)').matches; // on a phone the images come first
  loadModels();
})();
