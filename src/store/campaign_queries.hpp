// Rows of brands and campaigns.
#pragma once

#include <optional>
#include <vector>

#include "base/error.hpp"
#include "domain/campaign.hpp"

namespace dialplane {

class campaign_queries {
 public:
  virtual ~campaign_queries() = default;
  virtual result<void> insert_brand(const brand& row) = 0;
  virtual result<void> update_brand(const brand& row) = 0;
  virtual result<std::optional<brand>> find_brand_of_user(organization_id owner, user_id id) = 0;

  virtual result<void> insert(const campaign& row) = 0;
  virtual result<void> update(const campaign& row) = 0;
  virtual result<std::optional<campaign>> find(organization_id owner, campaign_id id) = 0;
  // The user's newest 10DLC campaign.
  virtual result<std::optional<campaign>> find_ten_dlc_of_user(organization_id owner,
                                                               user_id id) = 0;
};

}  // namespace dialplane
