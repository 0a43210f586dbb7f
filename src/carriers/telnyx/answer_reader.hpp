// Reads members out of Telnyx's answers and webhooks, which are bytes from outside: nothing is
// taken for granted, a wrong type is an error and never a crash.
//
// Absent and null members give empty values, because Telnyx leaves out what it does not know; only
// what was asked for as required must be there. The first thing wrong is remembered and told by
// finish(). The object must outlive the reader.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace dialplane::telnyx {

class answer_reader {
 public:
  explicit answer_reader(const boost::json::object& members) : members_(members) {}

  // At most `max_bytes`. Numbers are accepted as ids where `or_number`: some ids are written so.
  std::string text(std::string_view name, std::size_t max_bytes = 1'024, bool or_number = false);
  std::string required_text(std::string_view name, std::size_t max_bytes = 1'024);
  bool flag(std::string_view name);
  std::int64_t integer(std::string_view name, std::int64_t otherwise);
  std::optional<timestamp> time(std::string_view name);  // RFC 3339
  // Empty where absent.
  const boost::json::object& object(std::string_view name);
  const boost::json::array& list(std::string_view name);
  // Takes note of something else that is wrong.
  void complain(std::string_view name, std::string_view what);

  // internal_error, saying in its internal text which member is wrong.
  result<void> finish() const;

 private:
  const boost::json::value* find(std::string_view name) const;

  const boost::json::object& members_;
  std::string complaint_;
};

// A list's elements that must all be objects.
result<const boost::json::object*> object_in(const boost::json::value& element);

// What a reason says, whether Telnyx wrote it as a text, a list of texts or a list of objects with
// `description`, `detail`, `reason` or `message`. At most 1,000 bytes; tax numbers are masked.
std::string words_of(const boost::json::value* reason);

}  // namespace dialplane::telnyx
