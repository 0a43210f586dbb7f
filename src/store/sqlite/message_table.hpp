// message_queries on SQLite. A page of both directions reads a page of each and merges them.
#pragma once

#include "base/sqlite.hpp"
#include "store/message_queries.hpp"

namespace dialplane::sqlite {

class message_table final : public message_queries {
 public:
  explicit message_table(database& on) : db_(on) {}

  result<void> insert(const message& row) override;
  result<void> update(const message& row) override;
  result<std::optional<message>> find(organization_id owner, message_id id) override;
  result<std::optional<message>> find_any(message_id id) override;
  result<std::optional<message>> find_by_carrier_id(std::string_view carrier,
                                                    message_direction direction,
                                                    std::string_view carrier_message_id) override;
  result<page<message>> page_of(organization_id owner, number_id number,
                                std::optional<message_direction> only,
                                const page_request& cut) override;
  result<std::vector<message>> received_after(organization_id owner, number_id number,
                                              const uuid_bytes& after,
                                              std::size_t limit) override;

 private:
  result<page<message>> page_one_way(organization_id owner, number_id number,
                                     message_direction direction, const page_request& cut);

  database& db_;
};

}  // namespace dialplane::sqlite
