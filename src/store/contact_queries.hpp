// The people that texts go to and come from: who opted out, who consented, and how.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/contact.hpp"
#include "store/paging.hpp"

namespace dialplane {

class contact_queries {
 public:
  virtual ~contact_queries() = default;

  virtual result<std::optional<contact>> find(organization_id owner, user_id of,
                                              std::string_view e164) = 0;
  // Inserts it, or writes every field but id and created_at of the one with that user and number.
  virtual result<void> put(const contact& row) = 0;
  // Of one user. `opted_out`: only those with an opt-out in force, or only those without.
  virtual result<page<contact>> page_of(organization_id owner, user_id of,
                                        std::optional<bool> opted_out,
                                        const page_request& cut) = 0;

  // Opt-outs in force, newest first, at most 200.
  virtual result<std::vector<opt_out>> opt_outs_of(organization_id owner, user_id of,
                                                   std::string_view e164) = 0;
  // Replaces one of the same contact and number.
  virtual result<void> put_opt_out(const opt_out& row) = 0;
  virtual result<void> remove_opt_out(organization_id owner, user_id of, std::string_view e164,
                                      number_id told) = 0;

  virtual result<void> add_consent(const consent& row) = 0;
  // Newest record first.
  virtual result<std::vector<consent>> consents_of(organization_id owner, user_id of,
                                                   std::string_view e164, std::size_t limit) = 0;
};

}  // namespace dialplane
