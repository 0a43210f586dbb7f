// The sandbox's registry of companies: checks them by the clock, texts a code to sole proprietors.
//
// A company is checked for a tenth of the review time, at most a second, then verified (or failed,
// where an order says so). A sole proprietor is then texted a code of six digits and verified by
// it. Works on the ledger's file, in tables of its own, inside the ledger's transactions, on the
// ledger's thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/random.hpp"
#include "carriers/carrier.hpp"
#include "carriers/sandbox/ledger_file.hpp"
#include "carriers/sandbox/review_orders.hpp"

namespace dialplane::sandbox {

// How long companies are checked while campaigns are under review so long.
milliseconds brand_check_time(milliseconds review) noexcept;

class brand_desk {
 public:
  brand_desk(ledger_file& file, random_source& random, review_orders& orders,
             milliseconds code_lifetime)
      : file_(file), random_(random), orders_(orders), code_lifetime_(code_lifetime) {}

  // Makes its tables where they are missing.
  static result<void> prepare(ledger_file& file);

  // The same mark and submission again give the same brand; a higher one checks a failed brand
  // again.
  result<brand_report> file(const brand_filing& filing, milliseconds check_time);
  result<brand_report> state(std::string_view reference);
  // refused: no such brand, or none that waits for a code.
  result<brand_report> resend(std::string_view reference);
  // refused: code_wrong, code_expired, or as resend.
  result<brand_report> confirm(std::string_view reference, std::string_view code);
  result<bool> is_verified(std::string_view reference);
  result<std::vector<sandbox_code>> codes();

 private:
  struct entry;

  result<std::optional<entry>> find(std::string_view query, std::string_view value);
  result<entry> find_waiting(std::string_view reference);
  result<void> decide(entry& row);
  result<void> text_code(entry& row);
  result<void> write(const entry& row);
  brand_report report_of(const entry& row) const;

  ledger_file& file_;
  random_source& random_;
  review_orders& orders_;
  milliseconds code_lifetime_;
};

}  // namespace dialplane::sandbox
