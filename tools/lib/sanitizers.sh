# Finds out what the sanitizers can do where we run. Sourced by tools/test.

# Some containers forbid ptrace, which the leak check needs; some kernels place memory where ASan has its shadow. Tries
# a program of one line, and sets `sanitizer_prefix` (a command to put before others) and ASAN_OPTIONS to what works.
adapt_to_sanitizers() {
  local probe
  probe=$(mktemp -d)
  sanitizer_prefix=()
  export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1}"
  echo 'int main() { delete new int; }' | g++ -fsanitize=address -x c++ -o "$probe/program" - ||
    give_up "g++ -fsanitize=address does not compile a program of one line"
  if ! sanitized_program_runs "$probe/program"; then
    sanitizer_prefix=(setarch "$(uname -m)" --addr-no-randomize)
    if ! sanitized_program_runs "$probe/program"; then
      sanitizer_prefix=()
      ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"
      sanitized_program_runs "$probe/program" || give_up "AddressSanitizer does not work on this machine"
      say "the leak check does not work on this machine; it is off"
    fi
  fi
  rm -rf "$probe"
}

sanitized_program_runs() { "${sanitizer_prefix[@]}" timeout 20 "$1" >/dev/null 2>&1; }
