// contact_queries on SQLite.
#pragma once

#include "base/sqlite.hpp"
#include "store/contact_queries.hpp"

namespace dialplane::sqlite {

class contact_table final : public contact_queries {
 public:
  explicit contact_table(database& on) : db_(on) {}

  result<std::optional<contact>> find(organization_id owner, user_id of,
                                      std::string_view e164) override;
  result<void> put(const contact& row) override;
  result<page<contact>> page_of(organization_id owner, user_id of, std::optional<bool> opted_out,
                                const page_request& cut) override;
  result<std::vector<opt_out>> opt_outs_of(organization_id owner, user_id of,
                                           std::string_view e164) override;
  result<void> put_opt_out(const opt_out& row) override;
  result<void> remove_opt_out(organization_id owner, user_id of, std::string_view e164,
                              number_id told) override;
  result<void> add_consent(const consent& row) override;
  result<std::vector<consent>> consents_of(organization_id owner, user_id of,
                                           std::string_view e164, std::size_t limit) override;

 private:
  database& db_;
};

}  // namespace dialplane::sqlite
