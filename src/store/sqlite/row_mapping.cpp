#include "store/sqlite/row_mapping.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace dialplane::sqlite {

void put(statement& to, int at, const boost::json::object& value) {
  to.bind(at, boost::json::serialize(value));
}

bool get(const statement& from, int at, boost::json::object& value) {
  boost::system::error_code failed;
  boost::json::value parsed = boost::json::parse(from.text(at), failed);
  if (failed || !parsed.is_object()) return false;
  value = std::move(parsed.get_object());
  return true;
}

error unreadable_row(int column) {
  return internal_fault("column " + std::to_string(column) + " of a row holds an unknown value");
}

result<void> expect_changed(const database& on, std::source_location where) {
  if (on.changes() > 0) return {};
  return conflicting(error_code::conflict, "This has changed meanwhile; read it again.",
                     where);
}

}  // namespace dialplane::sqlite
