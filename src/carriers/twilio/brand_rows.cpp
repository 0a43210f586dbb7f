#include "carriers/twilio/brand_rows.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <charconv>

#include "carriers/twilio/answers.hpp"
#include "carriers/twilio/company.hpp"

namespace dialplane::twilio {

namespace {

constexpr std::size_t words_bytes_max = 1'000;
constexpr std::size_t errors_max = 32;
// Reviews take minutes to days; the workflow bounds this by its own interval.
constexpr std::chrono::milliseconds ask_brand_again_after{60'000};
constexpr std::chrono::milliseconds ask_campaign_again_after{300'000};

void note_field(std::vector<std::string>& fields, std::string_view theirs) {
  std::string ours = our_field(theirs);
  if (ours.empty() || std::find(fields.begin(), fields.end(), ours) != fields.end()) return;
  fields.push_back(std::move(ours));
}

// errors: [{"description", "fields": ["MESSAGE_FLOW"]}], the first reasons joined.
result<void> read_errors(const json::object& row, std::string& reason,
                         std::vector<std::string>& fields) {
  const json::value* errors = row.if_contains("errors");
  if (errors == nullptr || errors->is_null()) return {};
  if (!errors->is_array()) return unreadable("errors");
  std::size_t seen = 0;
  for (const json::value& one : errors->get_array()) {
    if (!one.is_object() || ++seen > errors_max) continue;
    TRY_ASSIGN(const std::string words,
               optional_text_in(one.get_object(), "description", words_bytes_max));
    if (!words.empty() && reason.size() < words_bytes_max) {
      if (!reason.empty()) reason += ' ';
      reason += words;
    }
    for (const std::string& field : texts_at(one.get_object(), "fields")) {
      note_field(fields, field);
    }
  }
  return {};
}

std::optional<std::string> reason_or(std::string reason, std::string otherwise) {
  return reason.empty() ? std::move(otherwise) : std::move(reason);
}

}  // namespace

result<brand_report> read_brand(const json::object& row) {
  brand_report report;
  TRY_ASSIGN(report.reference, sid_in(row, "sid", "BN"));
  TRY_ASSIGN(const std::string status, text_in(row, "status", 64));
  TRY_ASSIGN(const std::string type, optional_text_in(row, "brand_type", 64));
  report.ask_again_after = ask_brand_again_after;
  if (status == "APPROVED") {
    report.status = brand_status::verified;
  } else if (status == "FAILED" || status == "SUSPENDED" || status.starts_with("DELETION")) {
    report.status = brand_status::failed;
    TRY_ASSIGN(std::string reason, optional_text_in(row, "failure_reason", words_bytes_max));
    for (const std::string& one : texts_at(row, "brand_feedback")) note_field(report.fields, one);
    TRY(read_errors(row, reason, report.fields));
    report.failure_reason = reason_or(std::move(reason), "The carrier gave no reason.");
  }
  report.awaits_code = type == "SOLE_PROPRIETOR" && report.status == brand_status::pending;
  return report;
}

result<campaign_report> read_campaign(const json::object& row, const std::string& service) {
  campaign_report report;
  report.reference = service;
  TRY_ASSIGN(report.status_detail, text_in(row, "campaign_status", 64));
  report.ask_again_after = ask_campaign_again_after;
  report.status = campaign_status::in_review;
  if (report.status_detail == "PENDING") report.status = campaign_status::created;
  if (report.status_detail == "VERIFIED") report.status = campaign_status::active;
  if (report.status_detail == "SUSPENDED") report.status = campaign_status::suspended;
  if (report.status_detail == "FAILED") report.status = campaign_status::rejected;
  const bool is_bad = report.status == campaign_status::rejected ||
                      report.status == campaign_status::suspended;
  if (!is_bad) return report;
  std::string reason;
  TRY(read_errors(row, reason, report.fields));
  report.rejection_reason = reason_or(std::move(reason), "The carrier gave no reason.");
  return report;
}

result<campaign_report> read_toll_free(const json::object& row) {
  campaign_report report;
  TRY_ASSIGN(report.reference, sid_in(row, "sid", "HH"));
  TRY_ASSIGN(report.status_detail, text_in(row, "status", 64));
  report.ask_again_after = ask_campaign_again_after;
  if (report.status_detail == "IN_REVIEW") report.status = campaign_status::in_review;
  if (report.status_detail == "TWILIO_APPROVED") report.status = campaign_status::active;
  if (report.status_detail == "TWILIO_REJECTED") {
    report.status = campaign_status::rejected;
    TRY_ASSIGN(std::string reason, optional_text_in(row, "rejection_reason", words_bytes_max));
    report.rejection_reason = reason_or(std::move(reason), "The carrier gave no reason.");
  }
  return report;
}

result<std::optional<shortcomings>> read_evaluation(const json::object& row) {
  TRY_ASSIGN(const std::string status, text_in(row, "status", 64));
  if (status != "noncompliant") return std::optional<shortcomings>();
  shortcomings found;
  found.reason = "The carrier says the company's record is not complete.";
  const json::value* results = row.if_contains("results");
  if (results == nullptr || !results->is_array()) return std::optional(std::move(found));
  for (const json::value& one : results->get_array()) {
    if (!one.is_object()) continue;
    const json::value* invalid = one.get_object().if_contains("invalid");
    if (invalid == nullptr || !invalid->is_array()) continue;
    for (const json::value& what : invalid->get_array()) {
      if (what.is_object()) note_field(found.fields, text_at(what.get_object(), "object_field"));
    }
  }
  return std::optional(std::move(found));
}

std::string name_with_submission(const std::string& mark, std::int64_t submission) {
  return mark + "." + std::to_string(submission);
}

std::optional<std::int64_t> submission_in(std::string_view name, std::string_view mark) {
  if (!name.starts_with(mark)) return std::nullopt;
  name.remove_prefix(mark.size());
  if (name.empty()) return 0;
  if (name == ended_suffix) return -1;
  if (name.size() < 2 || name.size() > 10 || name[0] != '.') return std::nullopt;
  std::int64_t submission = 0;
  const auto [stop, failure] =
      std::from_chars(name.data() + 1, name.data() + name.size(), submission);
  const bool is_whole = failure == std::errc{} && stop == name.data() + name.size();
  if (!is_whole || submission < 0) return std::nullopt;
  return submission;
}

}  // namespace dialplane::twilio
