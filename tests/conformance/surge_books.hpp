// Purchases for an owner, and what Surge's emulator has in its books: for the tests that are
// Surge's alone.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "conformance/surge_fixture.hpp"

namespace dialplane::test {

using boost::json::object;

inline pending_answer<carrier_number> start_buy_for(surge_fixture& at, const std::string& owner,
                                                    const std::string& e164,
                                                    const std::string& mark) {
  number_purchase order;
  order.e164 = e164;
  order.mark = mark;
  order.routing = at.our_routing();
  order.owner = owner;
  pending_answer<carrier_number> answer;
  at.subject().buy(std::move(order), answer.done());
  return answer;
}

inline result<carrier_number> buy_for(surge_fixture& at, const std::string& owner,
                                      const std::string& e164, const std::string& mark) {
  return at.await(start_buy_for(at, owner, e164, mark));
}

inline std::vector<object> rows(surge_fixture& at, const char* what) {
  const object state = at.state();
  std::vector<object> found;
  for (const auto& row : state.at(what).as_array()) found.push_back(row.as_object());
  return found;
}

inline std::size_t accounts_named(surge_fixture& at, const std::string& owner) {
  const auto all = rows(at, "accounts");
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const object& row) {
    const std::string_view name = row.at("name").as_string();
    return name == owner || name.starts_with(owner + " ");
  }));
}

}  // namespace dialplane::test
