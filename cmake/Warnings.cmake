# Warnings are errors, on g++ 12 and clang 14 alike.
function(btpay_enable_warnings target)
  target_compile_options(${target} INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wold-style-cast
    -Wnon-virtual-dtor -Woverloaded-virtual -Wnull-dereference -Wformat=2 -Werror)
  # GCC's full -Wshadow also complains of locals named like a member function of some base class; clang's does not.
  target_compile_options(${target} INTERFACE
    $<IF:$<CXX_COMPILER_ID:GNU>,-Wshadow=local,-Wshadow>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC 12 reports these from inside inlined library code, where nothing of ours can be changed.
    target_compile_options(${target} INTERFACE
      -Wno-null-dereference -Wno-maybe-uninitialized -Wno-restrict -Wno-dangling-pointer
      -Wno-stringop-overread -Wno-stringop-overflow -Wno-array-bounds)
  endif()
endfunction()
