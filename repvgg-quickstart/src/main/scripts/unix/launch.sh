# Sourced by the launchers, which set $home (the distribution's folder), $main, $most_heap in MB, and may set $collector.

fail() {
  echo "error: $*" >&2
  exit 1
}

# The file's own name, however many links lead to it.
follow() {
  file=$1
  while [ -h "$file" ]; do
    target=$(readlink "$file")
    case $target in
      /*) file=$target ;;
      *) file=$(dirname "$file")/$target ;;
    esac
  done
  echo "$file"
}

find_java() {
  if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    [ -x "$java" ] ||
      fail "JAVA_HOME is $JAVA_HOME, which has no bin/java; set it to a JDK 17 or newer, or unset it"
  else
    java=$(command -v java) ||
      fail "no java on the PATH; install Java 17 or newer, or set JAVA_HOME"
  fi
}

# 17 of 17.0.15, 8 of 1.8.0; asking java itself takes a tenth of a second.
find_version() {
  release=$(dirname "$(dirname "$(follow "$java")")")/release
  version=$(sed -n 's/^JAVA_VERSION="\(1\.\)\{0,1\}\([0-9]*\).*/\2/p' "$release" 2>/dev/null)
  [ -n "$version" ] ||
    version=$("$java" -version 2>&1 | sed -n 's/.* version "\(1\.\)\{0,1\}\([0-9]*\).*/\2/p' | head -n 1)
  [ -n "$version" ] || fail "$java does not start; set JAVA_HOME to a JDK 17 or newer"
  [ "$version" -ge 17 ] ||
    fail "$java is Java $version, too old; install Java 17 or newer, or set JAVA_HOME to one"
}

# Java reads file names in the locale's charset, and nothing else can tell it another.
use_utf8() {
  if command -v locale >/dev/null 2>&1; then
    for name in '' C.UTF-8 C.utf8 en_US.UTF-8; do
      if [ "$(LC_ALL=${name:-${LC_ALL:-}} locale charmap 2>/dev/null)" = UTF-8 ]; then
        [ -z "$name" ] || export LC_ALL="$name"
        return
      fi
    done
  else
    case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
      *[Uu][Tt][Ff]-8* | *[Uu][Tt][Ff]8*) ;;
      *) export LC_ALL=C.UTF-8 ;;
    esac
  fi
}

# MB that a container (of either kind of cgroups) or the machine grants, where that can be told.
granted() {
  for file in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
    sed -n 's/^\([0-9]\{7,15\}\)$/\1/p' "$file" 2>/dev/null | while read -r bytes; do
      echo $((bytes / 1048576))
    done
  done
  sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' /proc/meminfo 2>/dev/null | while read -r kilobytes; do
    echo $((kilobytes / 1024))
  done
}

# $1 MB, but no more than half of what is granted: oneDNN, threads and code need memory too.
bound_heap() {
  heap=$1
  for grant in $(granted); do
    [ "$grant" -ge $((2 * heap)) ] || heap=$((grant / 2))
  done
}

case $home in
  *:*) fail "$home: Java can't take programs from a folder with ':' in its name; move it" ;;
esac
find_java
find_version
use_utf8
bound_heap "$most_heap"
set -f # no word of the options is a pattern of file names
quiet=
[ "$version" -lt 22 ] || quiet="--enable-native-access=ALL-UNNAMED"
[ "$version" -lt 23 ] || quiet="$quiet --sun-misc-unsafe-memory-access=allow"
# shellcheck disable=SC2086
exec "$java" $quiet -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8 \
  "-Xmx${heap}m" ${collector:-} -Dorg.bytedeco.javacpp.maxbytes=6g -Dorg.bytedeco.javacpp.maxphysicalbytes=12g \
  "-Drepvgg.home=$home" ${REPVGG_JAVA_OPTS:-} -cp "$home/lib/*" "$main" "$@"
