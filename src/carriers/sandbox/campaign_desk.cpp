#include "carriers/sandbox/campaign_desk.hpp"

#include <algorithm>

#include "carriers/sandbox/references.hpp"

namespace dialplane::sandbox {

namespace {

// What a reviewer decided stands apart from the filings, whose table is older.
constexpr std::string_view decision_tables = R"sql(
CREATE TABLE IF NOT EXISTS campaign_decisions (
  campaign INTEGER PRIMARY KEY,
  submission INTEGER NOT NULL,
  decision TEXT NOT NULL,
  reason TEXT NOT NULL,
  fields TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS attachments (
  number INTEGER PRIMARY KEY,
  reference TEXT NOT NULL,
  attached_from_ms INTEGER NOT NULL,
  failure TEXT NOT NULL
) STRICT;
)sql";

#define CAMPAIGN_COLUMNS                                                               \
  "c.id, c.reference, c.review_from_ms, c.decided_from_ms, c.rejection_reason,"        \
  " d.submission, d.decision, d.reason, d.fields"
#define FROM_CAMPAIGNS \
  " FROM campaigns c LEFT JOIN campaign_decisions d ON d.campaign = c.id WHERE "

constexpr std::string_view campaign_by_mark =
    "SELECT " CAMPAIGN_COLUMNS FROM_CAMPAIGNS "c.mark = ?";
constexpr std::string_view campaign_by_reference =
    "SELECT " CAMPAIGN_COLUMNS FROM_CAMPAIGNS "c.reference = ?";

error no_such_campaign() {
  return refused(error_code::carrier_refused, "The carrier knows no such campaign.");
}

}  // namespace

struct campaign_desk::entry {
  std::int64_t id = 0;
  std::string reference;
  review_times times;
  std::int64_t submission = 1;
  std::optional<campaign_status> decision;
  std::string reason;
  std::vector<std::string> fields;
};

review_times plan_review(timestamp filed, milliseconds review) noexcept {
  return {filed + review / 3, filed + review};
}

campaign_report judge_filing(const review_times& times, timestamp now) noexcept {
  campaign_report report;
  if (now >= times.decided_from) {
    report.status = campaign_status::active;
    return report;
  }
  const bool waits = now < times.in_review_from;
  report.status = waits ? campaign_status::created : campaign_status::in_review;
  report.ask_again_after = (waits ? times.in_review_from : times.decided_from) - now;
  return report;
}

result<void> campaign_desk::prepare(ledger_file& file) {
  return file.database().exec(decision_tables);
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

result<std::optional<campaign_desk::entry>> campaign_desk::find(std::string_view query,
                                                                std::string_view value) {
  std::optional<entry> row;
  {
    TRY_ASSIGN(auto rows, file_.database().prepare(query));
    rows.bind_all(value);
    TRY_ASSIGN(const bool found, rows.step());
    if (!found) return row;
    row = entry{.id = rows.int64(0),
                .reference = std::string(rows.text(1)),
                .times = {{rows.int64(2)}, {rows.int64(3)}},
                .reason = std::string(rows.text(4))};
    if (!rows.is_null(5)) {
      row->submission = rows.int64(5);
      row->decision = value_named<campaign_status>(rows.text(6));
      row->reason = std::string(rows.text(7));
      row->fields = words_in(rows.text(8));
    } else if (!rows.is_null(4) && file_.now() >= row->times.decided_from) {
      row->decision = campaign_status::rejected;
    }
  }
  TRY(decide(*row));
  return row;
}

// What the clock and the orders make of it by now.
result<void> campaign_desk::decide(entry& row) {
  if (file_.now() < row.times.decided_from) return {};
  std::optional<review_order> order;
  if (!row.decision) {
    order = orders_.draw({review_outcome::approve, review_outcome::reject});
  } else if (*row.decision == campaign_status::active) {
    order = orders_.draw({review_outcome::suspend, review_outcome::expire});
    if (!order) return {};
  } else if (*row.decision == campaign_status::suspended) {
    order = orders_.draw({review_outcome::reinstate});
    if (!order) return {};
  } else {
    return {};
  }
  row.decision = campaign_status::active;
  row.reason = order ? order->reason : std::string();
  row.fields = order ? order->fields : std::vector<std::string>();
  const auto take = [&](campaign_status decision, std::string_view usual_reason) {
    row.decision = decision;
    if (row.reason.empty()) row.reason = usual_reason;
  };
  if (order && order->outcome == review_outcome::reject) {
    take(campaign_status::rejected, "The samples do not match the registered use case.");
    if (row.fields.empty()) row.fields.push_back("messaging.message_samples");
  } else if (order && order->outcome == review_outcome::suspend) {
    take(campaign_status::suspended, "Complaints about texts of this campaign.");
  } else if (order && order->outcome == review_outcome::expire) {
    take(campaign_status::expired, "The campaign was not renewed.");
  }
  return write_decision(row);
}

result<void> campaign_desk::write_decision(const entry& row) {
  TRY_ASSIGN(auto write, file_.database().prepare(
                             "INSERT INTO campaign_decisions VALUES (?1, ?2, ?3, ?4, ?5)"
                             " ON CONFLICT (campaign) DO UPDATE SET submission = ?2,"
                             " decision = ?3, reason = ?4, fields = ?5"));
  const std::string fields = text_of_words(row.fields);
  // Undecided has a name of its own, which no status has.
  const std::string_view decision = row.decision ? name_of_value(*row.decision) : "none";
  return write.bind_all(row.id, row.submission, decision, row.reason, fields).run();
}

campaign_report campaign_desk::report_of(const entry& row) const {
  campaign_report report = judge_filing(row.times, file_.now());
  report.reference = row.reference;
  if (!row.decision) return report;
  report.status = *row.decision;
  if (report.status == campaign_status::active) return report;
  report.rejection_reason = row.reason;
  report.fields = row.fields;
  if (report.status != campaign_status::rejected) {
    report.status_detail = name_of_value(report.status);
  }
  return report;
}

result<campaign_desk::entry> campaign_desk::insert(const campaign_filing& filing,
                                                   milliseconds review) {
  const timestamp now = file_.now();
  entry row;
  row.times = plan_review(now, review);
  row.reference = make_reference("SBC", random_);
  row.submission = filing.submission;
  TRY_ASSIGN(auto insert,
             file_.database().prepare("INSERT INTO campaigns (mark, reference, kind, use_case,"
                                      " filed_ms, review_from_ms, decided_from_ms)"
                                      " VALUES (?, ?, ?, ?, ?, ?, ?)"));
  TRY(insert
          .bind_all(filing.mark, row.reference, name_of_value(filing.kind), filing.use_case,
                    now.unix_ms, row.times.in_review_from.unix_ms,
                    row.times.decided_from.unix_ms)
          .run());
  TRY_ASSIGN(row.id, file_.database().query_int64("SELECT last_insert_rowid()"));
  return row;
}

result<void> campaign_desk::review_again(entry& row, std::int64_t submission,
                                         milliseconds review) {
  const timestamp now = file_.now();
  row.times = plan_review(now, review);
  row.submission = submission;
  row.decision.reset();
  row.reason.clear();
  row.fields.clear();
  TRY_ASSIGN(auto update,
             file_.database().prepare("UPDATE campaigns SET filed_ms = ?2, review_from_ms = ?3,"
                                      " decided_from_ms = ?4, rejection_reason = NULL"
                                      " WHERE id = ?1"));
  TRY(update
          .bind_all(row.id, now.unix_ms, row.times.in_review_from.unix_ms,
                    row.times.decided_from.unix_ms)
          .run());
  return write_decision(row);
}

result<campaign_report> campaign_desk::file(const campaign_filing& filing, milliseconds review) {
  if (filing.mark.empty()) {
    return refused(error_code::carrier_refused, "A campaign needs a mark.");
  }
  TRY_ASSIGN(auto known, find(campaign_by_mark, filing.mark));
  if (!known) {
    TRY_ASSIGN(entry row, insert(filing, review));
    TRY(decide(row));
    return report_of(row);
  }
  const bool again = known->decision == campaign_status::rejected &&
                     filing.submission > known->submission;
  if (again) {
    TRY(review_again(*known, filing.submission, review));
    TRY(decide(*known));
  }
  return report_of(*known);
}

result<campaign_report> campaign_desk::state(std::string_view reference) {
  TRY_ASSIGN(const auto known, find(campaign_by_reference, reference));
  if (!known) return no_such_campaign();
  return report_of(*known);
}

result<void> campaign_desk::attach(std::string_view reference, stock_key number,
                                   milliseconds review) {
  TRY_ASSIGN(const auto known, find(campaign_by_reference, reference));
  if (!known) return no_such_campaign();
  const bool may_send = !known->decision || *known->decision == campaign_status::active;
  if (!may_send) return refused(error_code::carrier_refused, "The campaign may not send.");
  TRY_ASSIGN(auto update,
             file_.database().prepare("UPDATE numbers SET campaign = ? WHERE id = ?"
                                      " AND number = ?"));
  TRY(update.bind_all(known->id, file_.row_of(number), to_int(number)).run());
  if (file_.database().changes() == 0) {
    return conflicting(error_code::number_unavailable,
                       "This number does not belong to the account.");
  }
  TRY_ASSIGN(const attachment_report present, attachment(reference, number));
  if (present.status == attachment_status::attached) return {};
  const auto order =
      orders_.draw({review_outcome::attachment_fails, review_outcome::attachment_slow});
  const bool fails = order && order->outcome == review_outcome::attachment_fails;
  const bool slow = order && order->outcome == review_outcome::attachment_slow;
  std::string failure;
  if (fails) failure = order->reason.empty() ? "The network did not take the number."
                                             : order->reason;
  const timestamp from = slow ? file_.now() + review : file_.now();
  TRY_ASSIGN(auto write, file_.database().prepare(
                             "INSERT INTO attachments VALUES (?1, ?2, ?3, ?4) ON CONFLICT"
                             " (number) DO UPDATE SET reference = ?2, attached_from_ms = ?3,"
                             " failure = ?4"));
  return write.bind_all(to_int(number), reference, from.unix_ms, failure).run();
}

result<attachment_report> campaign_desk::attachment(std::string_view reference,
                                                    stock_key number) {
  TRY_ASSIGN(auto rows, file_.database().prepare(
                            "SELECT a.attached_from_ms, a.failure FROM attachments a"
                            " JOIN campaigns c ON c.reference = a.reference"
                            " JOIN numbers n ON n.id = ?1 AND n.number = a.number"
                            "  AND n.campaign = c.id"
                            " WHERE a.number = ?2 AND a.reference = ?3"));
  rows.bind_all(file_.row_of(number), to_int(number), reference);
  TRY_ASSIGN(const bool found, rows.step());
  attachment_report report;
  if (!found) {
    report.status = attachment_status::failed;
    report.failure_reason = "The number was never attached.";
    return report;
  }
  const timestamp from{rows.int64(0)};
  if (!rows.text(1).empty()) {
    report.status = attachment_status::failed;
    report.failure_reason = std::string(rows.text(1));
  } else if (file_.now() >= from) {
    report.status = attachment_status::attached;
  } else {
    report.ask_again_after = from - file_.now();
  }
  return report;
}

result<void> campaign_desk::end(std::string_view reference) {
  TRY_ASSIGN(auto known, find(campaign_by_reference, reference));
  if (!known) return {};
  known->decision = campaign_status::expired;
  known->reason = "Ended by the account.";
  // Undecided no more, so that nothing is decided about it later.
  TRY_ASSIGN(auto update, file_.database().prepare(
                              "UPDATE campaigns SET decided_from_ms = min(decided_from_ms, ?2)"
                              " WHERE id = ?1"));
  TRY(update.bind_all(known->id, file_.now().unix_ms).run());
  return write_decision(*known);
}

}  // namespace dialplane::sandbox
