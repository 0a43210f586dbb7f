// A number as Surge shows it, and our mark in its name.
//
// Surge keeps one free text with a number, its `name`: our mark, alone or with a space and a label
// after it. So a label never displaces the mark. Pure functions.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "carriers/carrier.hpp"

namespace dialplane::surge {

struct owned_number {
  std::string id;
  std::string e164;
  std::string type;         // local, toll_free; others are not ours to deal in
  std::string name;
  std::string campaign;     // id; empty: none
  std::string attachment;   // attached, attachment_pending, detached, detachment_pending, ...
  std::string account;      // the account it was read from

  std::string mark() const;
  bool is_ours_to_list() const noexcept { return type == "local" || type == "toll_free"; }
};

// invalid_input for members of the wrong type.
result<owned_number> read_number(const boost::json::object& answer, std::string account);

// The first word of a name where it can be a mark; else the whole name.
std::string mark_in_name(std::string_view name);
// 1 to 64 of [A-Za-z0-9_-].
bool is_mark_shape(std::string_view text) noexcept;

carrier_number to_port(const owned_number& number, timestamp now);

}  // namespace dialplane::surge
