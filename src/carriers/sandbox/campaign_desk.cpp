#include "carriers/sandbox/campaign_desk.hpp"

#include <algorithm>
#include <array>

namespace dialplane::sandbox {

namespace {

constexpr std::string_view by_mark =
    "SELECT reference, review_from_ms, decided_from_ms, rejection_reason FROM campaigns"
    " WHERE mark = ?";
constexpr std::string_view by_reference =
    "SELECT reference, review_from_ms, decided_from_ms, rejection_reason FROM campaigns"
    " WHERE reference = ?";

error no_such_campaign() {
  return refused(error_code::carrier_refused, "The carrier knows no such campaign.");
}

}  // namespace

review_times plan_review(timestamp filed, milliseconds review) noexcept {
  return {filed + review / 3, filed + review};
}

campaign_report judge_filing(const review_times& times, bool rejected, timestamp now) noexcept {
  campaign_report report;
  if (now >= times.decided_from) {
    report.status = rejected ? campaign_status::rejected : campaign_status::active;
    return report;
  }
  const bool waits = now < times.in_review_from;
  report.status = waits ? campaign_status::created : campaign_status::in_review;
  report.ask_again_after = (waits ? times.in_review_from : times.decided_from) - now;
  return report;
}

result<std::optional<milliseconds>> campaign_desk::stored_review() {
  TRY_ASSIGN(auto rows,
             file_.database().prepare("SELECT value FROM settings WHERE name = 'review_ms'"));
  TRY_ASSIGN(const bool found, rows.step());
  std::optional<milliseconds> review;
  if (found) review = milliseconds(rows.int64(0));
  return review;
}

result<void> campaign_desk::set_review(milliseconds review) {
  if (review < milliseconds(0) || review > max_review) {
    return bad_field("review_ms", "review_ms must be from 0 to 604800000 (seven days).");
  }
  TRY_ASSIGN(auto keep, file_.database().prepare(
                            "INSERT INTO settings VALUES ('review_ms', ?1)"
                            " ON CONFLICT (name) DO UPDATE SET value = ?1"));
  TRY(keep.bind_all(review.count()).run());
  // A review that has begun does not go back to waiting.
  TRY_ASSIGN(auto move, file_.database().prepare(
                            "UPDATE campaigns SET decided_from_ms = filed_ms + ?1,"
                            " review_from_ms = CASE WHEN review_from_ms <= ?2 THEN review_from_ms"
                            " ELSE filed_ms + ?1 / 3 END WHERE decided_from_ms > ?2"));
  return move.bind_all(review.count(), file_.now().unix_ms).run();
}

result<std::optional<campaign_report>> campaign_desk::find(std::string_view query,
                                                           std::string_view value) {
  TRY_ASSIGN(auto rows, file_.database().prepare(query));
  rows.bind_all(value);
  TRY_ASSIGN(const bool found, rows.step());
  std::optional<campaign_report> report;
  if (!found) return report;
  const auto reason = rows.optional_text(3);
  report = judge_filing({{rows.int64(1)}, {rows.int64(2)}}, reason.has_value(), file_.now());
  report->reference = std::string(rows.text(0));
  if (reason && report->status == campaign_status::rejected) report->rejection_reason = *reason;
  return report;
}

result<campaign_report> campaign_desk::file(const campaign_filing& filing, milliseconds review) {
  if (filing.mark.empty()) {
    return refused(error_code::carrier_refused, "A campaign needs a mark.");
  }
  TRY_ASSIGN(const auto known, find(by_mark, filing.mark));
  if (known) return *known;
  const timestamp now = file_.now();
  const review_times times = plan_review(now, review);
  campaign_report report = judge_filing(times, false, now);
  report.reference = make_reference();
  TRY_ASSIGN(auto insert,
             file_.database().prepare("INSERT INTO campaigns (mark, reference, kind, use_case,"
                                      " filed_ms, review_from_ms, decided_from_ms)"
                                      " VALUES (?, ?, ?, ?, ?, ?, ?)"));
  TRY(insert
          .bind_all(filing.mark, report.reference, name_of_value(filing.kind), filing.use_case,
                    now.unix_ms, times.in_review_from.unix_ms, times.decided_from.unix_ms)
          .run());
  return report;
}

result<campaign_report> campaign_desk::state(std::string_view reference) {
  TRY_ASSIGN(const auto known, find(by_reference, reference));
  if (!known) return no_such_campaign();
  return *known;
}

result<void> campaign_desk::attach(std::string_view reference, stock_key number) {
  TRY_ASSIGN(const campaign_report known, state(reference));
  if (known.status == campaign_status::rejected) {
    return refused(error_code::carrier_refused, "The campaign was rejected.");
  }
  TRY_ASSIGN(auto update,
             file_.database().prepare("UPDATE numbers SET campaign = (SELECT id FROM campaigns"
                                      " WHERE reference = ?) WHERE id = ? AND number = ?"));
  TRY(update.bind_all(reference, file_.row_of(number), to_int(number)).run());
  if (file_.database().changes() == 0) {
    return conflicting(error_code::number_unavailable,
                       "This number does not belong to the account.");
  }
  return {};
}

// "SBC" and 13 characters of 5 bits each; 65 bits do not meet twice.
std::string campaign_desk::make_reference() {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::array<std::uint8_t, 13> bytes;
  random_.fill(bytes);
  std::string reference = "SBC";
  for (std::uint8_t byte : bytes) reference += alphabet[byte % 32];
  return reference;
}

}  // namespace dialplane::sandbox
