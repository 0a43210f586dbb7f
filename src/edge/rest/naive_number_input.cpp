#include "edge/rest/naive_number_input.hpp"

#include <utility>

#include "domain/area_codes.hpp"
#include "domain/e164.hpp"

namespace dialplane {

namespace {

void read_type(object_reader& read, number_input& into) {
  const auto type = read.optional_choice("type", {"local", "toll_free"});
  into.says_type = type.has_value();
  if (type) into.type = *type == 0 ? number_type::local : number_type::toll_free;
}

void read_area_code(object_reader& read, number_input& into) {
  into.area_code = read.optional_string("area_code");
  if (!into.area_code) return;
  if (into.type == number_type::toll_free) {
    read.take_error(bad_field("area_code", "area_code is for local numbers only.",
                              error_code::area_code_invalid));
    return;
  }
  auto plan = area_code_plan(*into.area_code, area_code_policy::exact);
  if (!plan) read.take_error(std::move(plan).error());
}

void read_policy(object_reader& read, number_input& into) {
  const auto policy =
      read.optional_choice("area_code_policy", {"exact", "overlay", "state", "any"});
  const auto strict = read.optional_bool("area_code_strict");
  constexpr area_code_policy in_order[] = {area_code_policy::exact, area_code_policy::overlay,
                                           area_code_policy::state, area_code_policy::any};
  if (policy) into.policy = in_order[*policy];
  if (!strict.value_or(false)) return;
  if (policy && into.policy != area_code_policy::exact) {
    read.take_error(bad_field("area_code_strict",
                              "area_code_strict: true contradicts the given area_code_policy."));
  }
  into.policy = area_code_policy::exact;
}

void read_exact(object_reader& read, number_input& into) {
  const auto text = read.optional_string("phone_number", {.min = 1, .max = 20});
  if (!text) return;
  const auto number = e164::parse(*text, "phone_number");
  if (!number) return read.take_error(number.error());
  const bool toll_free = number->is_nanp() && is_toll_free(number->area_code());
  if (!toll_free && !is_us_geographic(number->area_code())) {
    return read.take_error(bad_field("phone_number", "phone_number must be a US number."));
  }
  for (const char* other : {"area_code", "area_code_policy", "area_code_strict"}) {
    if (!read.has(other)) continue;
    return read.take_error(
        bad_field(other, std::string(other) + " has no place beside phone_number."));
  }
  const number_type type = toll_free ? number_type::toll_free : number_type::local;
  if (into.says_type && into.type != type) {
    return read.take_error(bad_field("type", "type is not that of phone_number."));
  }
  into.type = type;
  into.exact = number->str();
}

}  // namespace

number_input read_number_input(object_reader& read) {
  number_input into;
  read_type(read, into);
  read_area_code(read, into);
  read_policy(read, into);
  read_exact(read, into);
  return into;
}

}  // namespace dialplane
