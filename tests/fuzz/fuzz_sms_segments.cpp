// Any bytes as a text: counted without harm, and within the bounds that packing allows.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "domain/sms_segments.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dialplane;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const sms_size counted = measure_sms(body);
  const std::int64_t alone = counted.unicode ? 70 : 160;
  const std::int64_t joined = counted.unicode ? 67 : 153;
  const std::int64_t bytes = static_cast<std::int64_t>(size);
  if (counted.units < 0 || counted.units > 2 * bytes || counted.parts < 1) std::abort();
  if ((counted.parts == 1) != (counted.units <= alone)) std::abort();
  // Full parts but one unit each at most, and never more units than the parts hold.
  if (counted.parts > 1 && counted.units > counted.parts * joined) std::abort();
  if (counted.parts > 1 && counted.units < (counted.parts - 1) * (joined - 1) + 1) std::abort();
  if (billed_segments(body, segment_rule::parts) != counted.parts) std::abort();
  if (billed_segments(body, segment_rule::flat160) < 1) std::abort();
  return 0;
}
