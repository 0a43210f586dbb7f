// Which number a body of the naive dialect asks for: one exact number, or any that fits type, area
// code and policy. The same members for a purchase and for a quote.
#pragma once

#include <optional>
#include <string>

#include "base/object_reader.hpp"
#include "domain/area_code_policy.hpp"
#include "domain/number_type.hpp"

namespace dialplane {

struct number_input {
  bool says_type = false;
  number_type type = number_type::local;  // of the exact number, where one is given
  std::optional<std::string> area_code;   // in service, of the US
  area_code_policy policy = default_area_code_policy;
  std::string exact;                      // E.164 of the US; empty: any that fits
};

// phone_number, type, area_code, area_code_policy, area_code_strict. What is wrong is left in the
// reader.
number_input read_number_input(object_reader& read);

}  // namespace dialplane
