# Howard Hinnant's date library with time zones. Gives Date::tz.
find_path(DATE_INCLUDE_DIR date/tz.h)
find_library(DATE_TZ_LIBRARY date-tz)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Date REQUIRED_VARS DATE_TZ_LIBRARY DATE_INCLUDE_DIR)
if(Date_FOUND AND NOT TARGET Date::tz)
  add_library(Date::tz UNKNOWN IMPORTED)
  set_target_properties(Date::tz PROPERTIES
    IMPORTED_LOCATION "${DATE_TZ_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${DATE_INCLUDE_DIR}"
    INTERFACE_COMPILE_DEFINITIONS "USE_OS_TZDB=1")
endif()
