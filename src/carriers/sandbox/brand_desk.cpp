#include "carriers/sandbox/brand_desk.hpp"

#include <algorithm>
#include <array>

#include "carriers/sandbox/references.hpp"
#include "carriers/sandbox/text_desk.hpp"

namespace dialplane::sandbox {

namespace {

constexpr milliseconds longest_check{1'000};
constexpr int codes_shown = 100;

constexpr std::string_view brand_tables = R"sql(
CREATE TABLE IF NOT EXISTS brands (
  id INTEGER PRIMARY KEY,
  mark TEXT NOT NULL UNIQUE,
  reference TEXT NOT NULL UNIQUE,
  mobile_number TEXT NOT NULL,
  submission INTEGER NOT NULL,
  decided_from_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('checking', 'waits', 'verified', 'failed')),
  reason TEXT NOT NULL,
  fields TEXT NOT NULL,
  code TEXT NOT NULL,
  code_expires_ms INTEGER NOT NULL
) STRICT;
)sql";

#define BRAND_COLUMNS                                                                    \
  "id, mark, reference, mobile_number, submission, decided_from_ms, state, reason,"      \
  " fields, code, code_expires_ms"

constexpr std::string_view brand_by_mark = "SELECT " BRAND_COLUMNS " FROM brands WHERE mark = ?";
constexpr std::string_view brand_by_reference =
    "SELECT " BRAND_COLUMNS " FROM brands WHERE reference = ?";

error no_such_brand() {
  return refused(error_code::carrier_refused, "The carrier knows no such brand.");
}

std::string mobile_in(const boost::json::object& entity) {
  const boost::json::value* found = entity.if_contains("mobile_number");
  if (found == nullptr || !found->is_string()) return {};
  return {found->get_string().data(), found->get_string().size()};
}

}  // namespace

struct brand_desk::entry {
  std::int64_t id = 0;  // 0: not yet in the file
  std::string mark;
  std::string reference;
  std::string mobile_number;  // empty: a company
  std::int64_t submission = 1;
  timestamp decided_from;
  std::string state = "checking";
  std::string reason;
  std::vector<std::string> fields;
  std::string code;
  timestamp code_expires;
};

milliseconds brand_check_time(milliseconds review) noexcept {
  return std::min(review / 10, longest_check);
}

result<void> brand_desk::prepare(ledger_file& file) { return file.database().exec(brand_tables); }

result<std::optional<brand_desk::entry>> brand_desk::find(std::string_view query,
                                                          std::string_view value) {
  std::optional<entry> row;
  {
    TRY_ASSIGN(auto rows, file_.database().prepare(query));
    rows.bind_all(value);
    TRY_ASSIGN(const bool found, rows.step());
    if (!found) return row;
    row = entry{.id = rows.int64(0),
                .mark = std::string(rows.text(1)),
                .reference = std::string(rows.text(2)),
                .mobile_number = std::string(rows.text(3)),
                .submission = rows.int64(4),
                .decided_from = {rows.int64(5)},
                .state = std::string(rows.text(6)),
                .reason = std::string(rows.text(7)),
                .fields = words_in(rows.text(8)),
                .code = std::string(rows.text(9)),
                .code_expires = {rows.int64(10)}};
  }
  TRY(decide(*row));
  return row;
}

// What the clock and the orders make of it by now.
result<void> brand_desk::decide(entry& row) {
  if (row.state != "checking" || file_.now() < row.decided_from) return {};
  const auto order = orders_.draw({review_outcome::brand_fails});
  if (order) {
    row.state = "failed";
    row.reason = order->reason.empty()
                     ? "The legal name does not match the tax record of the EIN."
                     : order->reason;
    row.fields = order->fields;
    if (row.fields.empty()) row.fields.push_back("registered_name");
  } else if (row.mobile_number.empty()) {
    row.state = "verified";
  } else {
    row.state = "waits";
    TRY(text_code(row));
  }
  return write(row);
}

result<void> brand_desk::text_code(entry& row) {
  std::array<std::uint8_t, 6> bytes;
  random_.fill(bytes);
  row.code.clear();
  for (const std::uint8_t byte : bytes) row.code += static_cast<char>('0' + byte % 10);
  row.code_expires = file_.now() + code_lifetime_;
  return text_desk(file_).text_handset(
      row.mobile_number, row.code + " is your code to register a phone number for your business.");
}

result<void> brand_desk::write(const entry& row) {
  TRY_ASSIGN(auto update,
             file_.database().prepare(
                 "INSERT INTO brands (mark, reference, mobile_number, submission,"
                 " decided_from_ms, state, reason, fields, code, code_expires_ms)"
                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
                 " ON CONFLICT (mark) DO UPDATE SET mobile_number = ?3, submission = ?4,"
                 " decided_from_ms = ?5, state = ?6, reason = ?7, fields = ?8, code = ?9,"
                 " code_expires_ms = ?10"));
  const std::string fields = text_of_words(row.fields);
  return update
      .bind_all(row.mark, row.reference, row.mobile_number, row.submission,
                row.decided_from.unix_ms, row.state, row.reason, fields, row.code,
                row.code_expires.unix_ms)
      .run();
}

brand_report brand_desk::report_of(const entry& row) const {
  brand_report report;
  report.reference = row.reference;
  if (row.state == "verified") report.status = brand_status::verified;
  if (row.state == "failed") {
    report.status = brand_status::failed;
    report.failure_reason = row.reason;
    report.fields = row.fields;
  }
  if (row.state == "waits") {
    report.awaits_code = true;
    report.code_expires_at = row.code_expires;
    report.ask_again_after = milliseconds(1'000);
  }
  if (row.state == "checking") {
    report.ask_again_after = std::max(row.decided_from - file_.now(), milliseconds(0));
  }
  return report;
}

result<brand_report> brand_desk::file(const brand_filing& filing, milliseconds check_time) {
  if (filing.mark.empty()) return refused(error_code::carrier_refused, "A brand needs a mark.");
  const std::string mobile = filing.sole_proprietor ? mobile_in(filing.entity) : std::string();
  if (filing.sole_proprietor && (mobile.empty() || !filing.ein.empty())) {
    return refused(error_code::carrier_refused,
                   "A sole proprietor needs a mobile number and no EIN.");
  }
  if (!filing.sole_proprietor && filing.ein.empty()) {
    return refused(error_code::carrier_refused, "A company needs its EIN.");
  }
  TRY_ASSIGN(auto known, find(brand_by_mark, filing.mark));
  const bool again = known && known->state == "failed" && filing.submission > known->submission;
  if (known && !again) return report_of(*known);
  entry row = known.value_or(entry{});
  row.mark = filing.mark;
  if (row.reference.empty()) row.reference = make_reference("SBB", random_);
  row.mobile_number = mobile;
  row.submission = filing.submission;
  row.decided_from = file_.now() + check_time;
  row.state = "checking";
  row.reason.clear();
  row.fields.clear();
  TRY(write(row));
  TRY(decide(row));
  return report_of(row);
}

result<brand_report> brand_desk::state(std::string_view reference) {
  TRY_ASSIGN(const auto known, find(brand_by_reference, reference));
  if (!known) return no_such_brand();
  return report_of(*known);
}

result<bool> brand_desk::is_verified(std::string_view reference) {
  TRY_ASSIGN(const auto known, find(brand_by_reference, reference));
  return known && known->state == "verified";
}

result<brand_desk::entry> brand_desk::find_waiting(std::string_view reference) {
  TRY_ASSIGN(auto known, find(brand_by_reference, reference));
  if (!known) return no_such_brand();
  if (known->state != "waits") {
    return refused(error_code::carrier_refused, "This brand does not wait for a code.");
  }
  return *std::move(known);
}

result<brand_report> brand_desk::resend(std::string_view reference) {
  TRY_ASSIGN(entry row, find_waiting(reference));
  TRY(text_code(row));
  TRY(write(row));
  return report_of(row);
}

result<brand_report> brand_desk::confirm(std::string_view reference, std::string_view code) {
  TRY_ASSIGN(auto known, find(brand_by_reference, reference));
  // A confirmation whose answer was lost is simply confirmed again.
  const bool repeated = known && known->state == "verified" && known->code == code;
  if (repeated) return report_of(*known);
  TRY_ASSIGN(entry row, find_waiting(reference));
  if (file_.now() > row.code_expires) {
    return refused(error_code::code_expired, "The code has expired.");
  }
  const bool told_wrong = orders_.draw({review_outcome::wrong_code}).has_value();
  if (told_wrong || row.code != code) {
    return refused(error_code::code_wrong, "This is not the code that was texted.");
  }
  row.state = "verified";
  TRY(write(row));
  return report_of(row);
}

result<std::vector<sandbox_code>> brand_desk::codes() {
  TRY_ASSIGN(auto rows,
             file_.database().prepare("SELECT mobile_number, code, code_expires_ms, reference"
                                      " FROM brands WHERE state = 'waits'"
                                      " ORDER BY id DESC LIMIT ?"));
  rows.bind_all(codes_shown);
  std::vector<sandbox_code> codes;
  while (true) {
    TRY_ASSIGN(const bool more, rows.step());
    if (!more) return codes;
    codes.push_back({std::string(rows.text(0)), std::string(rows.text(1)), {rows.int64(2)},
                     std::string(rows.text(3))});
  }
}

}  // namespace dialplane::sandbox
