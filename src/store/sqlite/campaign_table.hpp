// campaign_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/campaign_queries.hpp"
#include "store/sqlite/list_versions.hpp"

namespace dialplane::sqlite {

class campaign_table final : public campaign_queries {
 public:
  explicit campaign_table(database& on, change_marks changes = {})
      : db_(on), changes_(changes) {}

  result<void> insert_brand(const brand& row) override;
  result<void> update_brand(const brand& row) override;
  result<std::optional<brand>> find_brand_of_user(organization_id owner, user_id id) override;
  result<std::int64_t> count_brands_of_mobile(std::string_view mobile_number) override;

  result<void> insert(const campaign& row) override;
  result<void> update(const campaign& row) override;
  result<void> remove(organization_id owner, campaign_id id) override;
  result<std::optional<campaign>> find(organization_id owner, campaign_id id) override;
  result<std::optional<campaign>> find_ten_dlc_of_user(organization_id owner,
                                                       user_id id) override;
  result<std::vector<campaign>> live_ten_dlc_of_user(organization_id owner, user_id id) override;
  result<page<campaign>> page_of(organization_id owner, std::optional<user_id> only,
                                 const page_request& cut) override;
  result<std::vector<campaign>> watched(const std::optional<campaign>& after,
                                        std::size_t limit) override;

 private:
  database& db_;
  const change_marks changes_;
};

}  // namespace dialplane::sqlite
