# BTPAY_SANITIZE is a list for -fsanitize, such as "address,undefined"; set by the presets.
set(BTPAY_SANITIZE "" CACHE STRING "Sanitizers to build with")
function(btpay_enable_sanitizers target)
  if(BTPAY_SANITIZE)
    target_compile_options(${target} INTERFACE
      -fsanitize=${BTPAY_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} INTERFACE -fsanitize=${BTPAY_SANITIZE})
  endif()
endfunction()
