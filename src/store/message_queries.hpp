// Rows of texts, both ways.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "domain/message.hpp"
#include "store/paging.hpp"

namespace dialplane {

class message_queries {
 public:
  virtual ~message_queries() = default;

  // conflict: the carrier's id is another text's of that direction.
  virtual result<void> insert(const message& row) = 0;
  // Writes what may change after the insert: status, step, price, the carrier's id, failure,
  // metadata, attempts and times. conflict: it is gone, or the carrier's id is another text's.
  virtual result<void> update(const message& row) = 0;
  virtual result<std::optional<message>> find(organization_id owner, message_id id) = 0;
  // Of whatever organization, for the sender of texts and what carriers report.
  virtual result<std::optional<message>> find_any(message_id id) = 0;
  virtual result<std::optional<message>> find_by_carrier_id(
      std::string_view carrier, message_direction direction,
      std::string_view carrier_message_id) = 0;
  // Texts of a number, newest first; no direction: both.
  virtual result<page<message>> page_of(organization_id owner, number_id number,
                                        std::optional<message_direction> only,
                                        const page_request& cut) = 0;
  // Inbound texts of a number with an id above `after`, oldest first.
  virtual result<std::vector<message>> received_after(organization_id owner, number_id number,
                                                      const uuid_bytes& after,
                                                      std::size_t limit) = 0;
};

}  // namespace dialplane
