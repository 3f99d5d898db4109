# Counts what passed and failed over several runs of ctest, and times the phases. Sourced by tools/test.

passed=0
failed=0
skipped=0

# phase NAME COMMAND…: runs it, says how long it took, and counts a failure of it as one failed test. A phase that
# counts for itself (ctest does, below) returns 0.
phase() {
  local name=$1 begun=$SECONDS
  shift
  say "$name …"
  if "$@"; then
    say "$name: $((SECONDS - begun)) s"
  else
    say "$name: FAILED after $((SECONDS - begun)) s"
    failed=$((failed + 1))
    return 1
  fi
}

# run_ctest PRESET ARGUMENT…: runs the tests of a preset that the arguments select, and adds to the tally.
run_ctest() {
  local preset=$1 report="$root/build/junit-$1.xml" status=0 good idle bad
  shift
  : >"$report"
  "${sanitizer_prefix[@]}" ctest --preset "$preset" --parallel "$(nproc)" --no-tests=ignore --output-junit "$report" \
    "$@" </dev/null || status=$?
  # ctest calls a test "skipped" too whose program is not there; here that has failed, like all that did not pass.
  good=$(cases_with "$report" '<testcase .* status="run">')
  idle=$(($(cases_with "$report" '<skipped message="SKIP_') + $(cases_with "$report" '<testcase .* status="disabled">')))
  bad=$(($(cases_with "$report" '<testcase ') - good - idle))
  [ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
  passed=$((passed + good))
  skipped=$((skipped + idle))
  failed=$((failed + bad))
}

# cases_with REPORT ELEMENT: how many test cases of a JUnit report have it. What a test printed has its < escaped.
cases_with() { grep -c "^[[:space:]]*$2" "$1" || true; }

# The last line of a run, and its exit code.
print_tally() {
  if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
  else
    echo "$passed passed, $failed failed"
  fi
  [ "$failed" -eq 0 ]
}
