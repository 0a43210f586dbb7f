// Bytes as the file of `dialplane plan`: read or refused, never a crash or an endless loop.
#include <cstddef>
#include <cstdint>
#include <string>

#include "edge/cli/plan_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto wish = dialplane::cli::parse_plan(
      std::string(reinterpret_cast<const char*>(data), size));
  if (!wish && wish.error().message.empty()) __builtin_trap();
  return 0;
}
