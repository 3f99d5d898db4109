# Writes OUTPUT, a C++ file that defines btpay::embedded::NAME with the text of INPUT.
#   cmake -DINPUT=rules.json -DOUTPUT=rules.cpp -DNAME=rules -P embed.cmake
file(READ "${INPUT}" text)
file(WRITE "${OUTPUT}" "#include \"domain/embedded.hpp\"

using namespace std::string_view_literals;

namespace btpay::embedded {

const std::string_view ${NAME} = R\"embedded(${text})embedded\"sv;

} // namespace btpay::embedded
")
