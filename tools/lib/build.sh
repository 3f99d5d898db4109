# Configures and builds a preset. Sourced by tools/run and tools/test.

# What is shipped.
programs=(btpayd btpay-admin btpay-notify btpay-replay)

# How many compilers run at once: one per core, and no more than fit into memory at 1.2 GB each.
build_jobs() {
  local cores fit
  cores=$(nproc)
  fit=$(awk '/^MemAvailable:/ { print int($2 / 1200000) }' /proc/meminfo)
  [ "$fit" -ge 1 ] || fit=1
  [ "$fit" -lt "$cores" ] && echo "$fit" || echo "$cores"
}

# build_preset PRESET [TARGET…]: configures, then builds these targets, or all.
build_preset() {
  local preset=$1 log
  shift
  # ccache keeps its files under $HOME, which a minimal environment may not have.
  [ -n "${HOME:-}" ] || export CCACHE_DIR="${CCACHE_DIR:-$root/build/ccache}"
  # Configuring says a page of "found"; it is worth reading only where something was not.
  mkdir -p "$root/build"
  log="$root/build/configure-$preset.log"
  cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; return 1; }
  cmake --build --preset "$preset" --parallel "$(build_jobs)" ${1:+--target "$@"}
}
