// Questions an operator or a test asks about the whole database: do the rows still keep the
// promises made of them? Reads everything; never part of serving a request.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"

namespace dialplane {

struct integrity_report {
  // One sentence each, at most 100 per promise.
  std::vector<std::string> violations;
  std::int64_t organizations = 0;
  std::int64_t numbers = 0;  // not released
  std::int64_t operations = 0;
  std::int64_t open_operations = 0;
  std::int64_t jobs = 0;
  std::int64_t ledger_entries = 0;
  std::int64_t audit_entries = 0;
  std::int64_t texts = 0;            // both ways
  std::int64_t texts_under_way = 0;  // accepted, not ended
  std::int64_t inbox_waiting = 0;
};

// A number that a carrier should know under our mark.
struct carried_number {
  std::string e164;
  std::string mark;
};

class integrity_queries {
 public:
  virtual ~integrity_queries() = default;
  // The promises: balances are what the entries sum to, and what open operations hold is what is
  // held; every counter is the count; every open operation has a job, no ended one has a job, a
  // slot or credits; every text under way has a job, no text is charged twice, and what texts cost
  // is what was charged for them; live numbers have unique marks, active ones an e164; no broken
  // pages.
  virtual result<integrity_report> check() = 0;
  // Active and releasing numbers at that carrier after that e164, by e164.
  virtual result<std::vector<carried_number>> carried_numbers(std::string_view carrier,
                                                              std::string_view after_e164,
                                                              std::size_t limit) = 0;
  // Outbound texts of that carrier with an id above `after`, by id: those it has (it gave them an
  // id), or those still under way.
  enum class text_kind { sent, under_way };
  virtual result<std::vector<message_id>> texts_at(std::string_view carrier, text_kind which,
                                                   message_id after, std::size_t limit) = 0;
};

}  // namespace dialplane
