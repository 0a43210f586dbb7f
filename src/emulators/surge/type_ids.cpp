#include "emulators/surge/type_ids.hpp"

namespace dialplane::emulators::surge {

std::string type_id(std::string_view prefix, const uuid_bytes& bytes) {
  constexpr std::string_view alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  constexpr int characters = 26;
  std::string text(prefix);
  text += '_';
  // 130 bits, the first two zero.
  for (int at = 0; at < characters; ++at) {
    unsigned digit = 0;
    for (int bit = at * 5 - 2; bit < at * 5 + 3; ++bit) {
      const bool is_set = bit >= 0 && (bytes[bit / 8] >> (7 - bit % 8) & 1) != 0;
      digit = digit << 1 | (is_set ? 1U : 0U);
    }
    text += alphabet[digit];
  }
  return text;
}

}  // namespace dialplane::emulators::surge
