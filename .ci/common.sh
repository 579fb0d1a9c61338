# Sourced by the scripts beside it: where things are, how steps are told, and which Rust is used.
#
# STRATA_CACHE (default ~/.cache/strata) holds tools and compiled dependencies, outside the clone, so
# that another clone finds them. Everything in it can be deleted at any time.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export STRATA_CACHE=${STRATA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/strata}
# Names this clone among those that share the cache.
CLONE=$(printf '%s' "$ROOT" | cksum | cut -d' ' -f1)
LOGS=$STRATA_CACHE/log/$CLONE
mkdir -p "$LOGS" "$STRATA_CACHE/lock"
cd "$ROOT"

# The build's own output goes to this clone's target/, everything that lies under it (dependencies,
# intermediate files) to the cache. Cargo names the latter by the clone's path and locks the folder,
# so that clones share dependencies and never each other's binary.
unset CARGO_TARGET_DIR
export CARGO_BUILD_BUILD_DIR=$STRATA_CACHE/build

CARGO_LEPTOS=0.3.11
CARGO_DENY=0.20.2
DISTRIBUTION=v3.1.1
CRANE=v0.21.7
CRANE_OPTIMIZE=v0.14.0
DIVE=v0.13.1
CARGO_FUZZ=0.13.2
# The command must have exactly the version of the library.
WASM_BINDGEN=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/version = |"/, ""); print }' Cargo.lock)

PATH=$STRATA_CACHE/tools/wasm-bindgen-$WASM_BINDGEN/bin:$STRATA_CACHE/tools/cargo-leptos-$CARGO_LEPTOS/bin:$PATH
PATH=$STRATA_CACHE/tools/distribution-$DISTRIBUTION/bin:$STRATA_CACHE/tools/crane-$CRANE/bin:$STRATA_CACHE/tools/dive-$DIVE/bin:$PATH
PATH=$STRATA_CACHE/tools/crane-optimize-$CRANE_OPTIMIZE/bin:$PATH
PATH=$ROOT/end2end/node_modules/.bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
export PATH NODE_PATH=$ROOT/end2end/node_modules

# ---- telling ----

# Times count from the first script's start.
export STRATA_BEGIN=${STRATA_BEGIN:-$(date +%s)}
say() {
  local passed=$(($(date +%s) - STRATA_BEGIN))
  printf 'strata %d:%02d  %s\n' $((passed / 60)) $((passed % 60)) "$*" >&2
}
fail() {
  say "$*"
  exit 1
}

# begin NAME WHAT COMMAND...: runs in the background, its output in a log of its own.
declare -A JOB_PID=() JOB_WHAT=()
begin() {
  local name=$1 what=$2
  shift 2
  JOB_WHAT[$name]=$what
  say "begins: $what"
  # A process group of its own, so that everything it starts can be ended with it.
  set -m
  ("$@") >"$LOGS/$name.log" 2>&1 </dev/null &
  JOB_PID[$name]=$!
  set +m
}
# await NAME...: waits for what was begun, saying every half minute for what; fails if one of them did.
await() {
  local name
  for name in "$@"; do
    [ -n "${JOB_PID[$name]:-}" ] || continue
    local told=$SECONDS
    while kill -0 "${JOB_PID[$name]}" 2>/dev/null; do
      if [ $((SECONDS - told)) -ge 30 ]; then
        told=$SECONDS
        say "waits for: ${JOB_WHAT[$name]} ($(tail -n 1 "$LOGS/$name.log" | tr -s ' ' | cut -c1-60))"
      fi
      sleep 0.2
    done
    if ! wait "${JOB_PID[$name]}"; then
      tail -n 40 "$LOGS/$name.log" >&2
      fail "failed: ${JOB_WHAT[$name]}; all of its output: $LOGS/$name.log"
    fi
    say "done:   ${JOB_WHAT[$name]}"
    unset "JOB_PID[$name]"
  done
}
# What still runs when a script ends early ends with it.
end_jobs() {
  local name
  for name in "${!JOB_PID[@]}"; do kill -- "-${JOB_PID[$name]}" 2>/dev/null || true; done
}
trap end_jobs EXIT

# locked NAME COMMAND...: one at a time on this machine, whichever clone asks.
locked() {
  local name=$1
  shift
  (
    if ! flock -n 9; then
      say "waits for another run: $name"
      flock 9
    fi
    "$@"
  ) 9>"$STRATA_CACHE/lock/$name"
}

# Whether there is a Go that is new enough for the registries of .ci/go-tools.
has_go() {
  local version
  version=$(go env GOVERSION 2>/dev/null) || return 1
  [ "$(printf '%s\n' go1.22 "$version" | sort -V | head -n 1)" = go1.22 ]
}

# front COMMAND...: builds the half for the browser. Its library has one name in the cache whichever clone builds it, so that
# one clone does at a time, and anew where another one was the last.
front() {
  locked front front_alone "$@"
}
front_alone() {
  local last=$STRATA_CACHE/front-clone
  if [ "$(cat "$last" 2>/dev/null)" != "$CLONE" ]; then
    rm -rf "$CARGO_BUILD_BUILD_DIR"/wasm32-unknown-unknown/*/.fingerprint/strata-*
    printf '%s' "$CLONE" >"$last"
  fi
  "$@"
}

# ---- which Rust ----

# Whether the compiler on PATH can build for the browser.
has_wasm_target() {
  local folder
  folder=$(rustc --print target-libdir --target wasm32-unknown-unknown 2>/dev/null) || return 1
  compgen -G "$folder/libcore-*.rlib" >/dev/null
}
# Debian's own compiler with a wasm library that .ci/rust has built (see there), if there is one.
debian_rust() {
  [ -x /usr/bin/rustc ] || return 1
  local folder
  folder=$STRATA_CACHE/rust-$(/usr/bin/rustc --version | cut -d' ' -f2)
  [ -e "$folder/complete" ] && printf '%s' "$folder"
}
# Prefers the compiler that the machine uses anyway.
choose_rust() {
  local folder
  if ! has_wasm_target && folder=$(debian_rust); then
    PATH=$folder/bin:$PATH
  fi
}
choose_rust
