// Rows of operations and of the steps they took, and the events they leave.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "domain/event.hpp"
#include "domain/operation.hpp"
#include "store/paging.hpp"

namespace dialplane {

struct operation_step_row {
  operation_id operation;
  std::int64_t sequence = 0;   // from 1
  std::string step;            // "intent_written", "buy: unknown"
  std::string detail;          // short, no secrets
  timestamp at;
};

class operation_queries {
 public:
  virtual ~operation_queries() = default;
  // The row's step and e164 become the first step of its history.
  virtual result<void> insert(const operation& row) = 0;
  // An update that ends the operation adds its last step. conflict: it has ended already; what has
  // ended stays as it is.
  virtual result<void> update(const operation& row) = 0;
  virtual result<std::optional<operation>> find(organization_id owner, operation_id id) = 0;
  // For the runner, which gets bare ids from jobs.
  virtual result<std::optional<operation>> find_any(operation_id id) = 0;
  virtual result<std::int64_t> count_open() = 0;
  virtual result<std::vector<operation>> open_ones(std::size_t limit) = 0;

  // Appends to an open operation's history.
  virtual result<void> add_step(operation_id id, std::string_view step, std::string_view detail,
                                timestamp at) = 0;
  virtual result<std::vector<operation_step_row>> steps_of(operation_id id) = 0;

  virtual result<void> append_event(const event& row) = 0;
};

}  // namespace dialplane
