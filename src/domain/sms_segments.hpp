// How many parts a text takes on the air, which is what carriers bill.
//
// A text is packed as GSM-7 (seven bits a character, a small Western set) where every character
// allows it, else as UCS-2 (UTF-16). One part holds 160 or 70 units; of several, each gives room to
// a header and holds 153 or 67. A character of two units (GSM-7's extension table, a UTF-16
// surrogate pair) never straddles two parts. Rules: 3GPP TS 23.038, a2p-10dlc §5.
#pragma once

#include <cstdint>
#include <string_view>

namespace dialplane {

struct sms_size {
  bool unicode = false;    // UCS-2 instead of GSM-7
  std::int64_t units = 0;  // septets, or UTF-16 units
  std::int64_t parts = 1;  // at least one, also of nothing
};

// `body` is UTF-8; a byte that is none counts as one character outside GSM-7.
sms_size measure_sms(std::string_view body) noexcept;

// What is billed: the parts, or (flat160) one segment for every 160 characters begun.
enum class segment_rule { parts, flat160 };
std::int64_t billed_segments(std::string_view body, segment_rule rule) noexcept;

}  // namespace dialplane
