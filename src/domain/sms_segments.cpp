#include "domain/sms_segments.hpp"

#include <algorithm>
#include <array>
#include <bitset>

#include "base/utf8.hpp"

namespace dialplane {

namespace {

// Characters of GSM-7's basic table beyond those of ASCII that stand at their own place in it.
constexpr std::array<char32_t, 41> basic_beyond_ascii = {
    U'£', U'¥', U'è', U'é', U'ù', U'ì', U'ò', U'Ç', U'Ø', U'ø', U'Å', U'å', U'Δ', U'Φ',
    U'Γ', U'Λ', U'Ω', U'Π', U'Ψ', U'Σ', U'Θ', U'Ξ', U'Æ', U'æ', U'ß', U'É', U'¤', U'¡',
    U'Ä', U'Ö', U'Ñ', U'Ü', U'§', U'¿', U'ä', U'ö', U'ñ', U'ü', U'à', U'\n', U'\r'};
// An escape and a second septet each.
constexpr std::array<char32_t, 10> extension = {U'^', U'{', U'}', U'\\', U'[',
                                                U'~', U']', U'|', U'€',  U'\f'};

constexpr std::int64_t not_gsm = 0;

// Septets of a character, or not_gsm.
std::int64_t septets_of(char32_t character) {
  if (std::find(extension.begin(), extension.end(), character) != extension.end()) return 2;
  if (character >= U' ' && character <= U'~' && character != U'`') return 1;
  const bool basic = std::find(basic_beyond_ascii.begin(), basic_beyond_ascii.end(), character) !=
                     basic_beyond_ascii.end();
  return basic ? 1 : not_gsm;
}

std::int64_t utf16_units_of(char32_t character) { return character > 0xFFFF ? 2 : 1; }

// Takes one character off the front.
char32_t take_character(std::string_view& text) {
  constexpr char32_t broken = 0xFFFD;
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  if (length == 0 || text.size() < length || !is_valid_utf8(text.substr(0, length))) {
    text.remove_prefix(1);
    return broken;
  }
  char32_t value = length == 1 ? first : first & (0x7Fu >> length);
  for (std::size_t at = 1; at < length; ++at) {
    value = value << 6 | (static_cast<unsigned char>(text[at]) & 0x3Fu);
  }
  text.remove_prefix(length);
  return value;
}

bool is_all_gsm(std::string_view body) {
  while (!body.empty()) {
    if (septets_of(take_character(body)) == not_gsm) return false;
  }
  return true;
}

}  // namespace

sms_size measure_sms(std::string_view body) noexcept {
  sms_size size;
  size.unicode = !is_all_gsm(body);
  const std::int64_t alone = size.unicode ? 70 : 160;
  const std::int64_t joined = size.unicode ? 67 : 153;
  std::int64_t used = 0;  // of the last part, if there are several
  std::int64_t parts = 1;
  while (!body.empty()) {
    const char32_t character = take_character(body);
    const std::int64_t units = size.unicode ? utf16_units_of(character) : septets_of(character);
    size.units += units;
    if (used + units > joined) {
      ++parts;
      used = 0;
    }
    used += units;
  }
  size.parts = size.units <= alone ? 1 : parts;
  return size;
}

std::int64_t billed_segments(std::string_view body, segment_rule rule) noexcept {
  if (rule == segment_rule::parts) return measure_sms(body).parts;
  const auto characters = static_cast<std::int64_t>(count_code_points(body));
  return std::max<std::int64_t>(1, (characters + 159) / 160);
}

}  // namespace dialplane
