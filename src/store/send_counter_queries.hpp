// How much was sent in the windows that caps look at, and how far the pace of campaigns and the
// day of brands are used up.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "domain/send_caps.hpp"
#include "domain/throughput.hpp"

namespace dialplane {

// One row of counters: the scope, and who or what within it (an id's 16 bytes, an area code).
struct counter_key {
  cap_scope scope = cap_scope::organization;
  std::string subject;
};

class send_counter_queries {
 public:
  virtual ~send_counter_queries() = default;

  // In the order of `keys`; all zero where nothing was counted yet.
  virtual result<std::vector<send_counter>> find(organization_id owner,
                                                 std::span<const counter_key> keys) = 0;
  // Adds `more` to each, as added() of domain/send_caps.hpp does.
  virtual result<void> add(organization_id owner, std::span<const counter_key> keys,
                           const send_counter& more) = 0;
  // Of a campaign or a brand; all zero where nothing was taken yet.
  virtual result<pace_state> pace_of(organization_id owner, const uuid_bytes& subject) = 0;
  virtual result<void> put_pace(organization_id owner, const uuid_bytes& subject,
                                const pace_state& state) = 0;
  // Forgets counters that were last used before that day. How many went.
  virtual result<std::int64_t> forget(std::int64_t before_day, std::size_t limit) = 0;
};

}  // namespace dialplane
