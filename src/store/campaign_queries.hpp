// Rows of brands and campaigns.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/campaign.hpp"
#include "store/paging.hpp"

namespace dialplane {

class campaign_queries {
 public:
  virtual ~campaign_queries() = default;
  virtual result<void> insert_brand(const brand& row) = 0;
  virtual result<void> update_brand(const brand& row) = 0;
  // A user has one legal entity, and that one brand.
  virtual result<std::optional<brand>> find_brand_of_user(organization_id owner, user_id id) = 0;
  // Of every organization: how many brands that mobile number stands behind.
  virtual result<std::int64_t> count_brands_of_mobile(std::string_view mobile_number) = 0;

  virtual result<void> insert(const campaign& row) = 0;
  virtual result<void> update(const campaign& row) = 0;
  virtual result<std::optional<campaign>> find(organization_id owner, campaign_id id) = 0;
  // One that was never filed.
  virtual result<void> remove(organization_id owner, campaign_id id) = 0;
  // The user's newest 10DLC campaign; an expired one only where there is no other.
  virtual result<std::optional<campaign>> find_ten_dlc_of_user(organization_id owner,
                                                               user_id id) = 0;
  // Not expired, newest first, at most 50.
  virtual result<std::vector<campaign>> live_ten_dlc_of_user(organization_id owner,
                                                             user_id id) = 0;
  virtual result<page<campaign>> page_of(organization_id owner, std::optional<user_id> only,
                                         const page_request& cut) = 0;
  // Active and suspended ones of every organization, in an order of their own, behind `after`.
  virtual result<std::vector<campaign>> watched(const std::optional<campaign>& after,
                                                std::size_t limit) = 0;
};

}  // namespace dialplane
