#include "edge/rest/reconcile_rendering.hpp"

#include <boost/json/array.hpp>
#include <utility>

#include "edge/rest/json_or_null.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

}  // namespace

json::object render_reconcile_run(const reconcile_run& row) {
  return {{"id", row.id.uuid()},
          {"carrier", row.carrier},
          {"state", name_of_value(row.state)},
          {"apply", row.may_act},
          {"listed", row.listed},
          {"compared", row.compared},
          {"foreign", row.foreign},
          {"checked_again", row.checked_again},
          {"unanswered", row.unanswered},
          {"found", row.found},
          {"put_right", row.acted},
          {"failure", text_or_null(row.failure)},
          {"started_at", to_rfc3339(row.started_at)},
          {"ended_at", time_or_null(row.ended_at)}};
}

json::object render_reconcile_finding(const reconcile_finding& row) {
  return {{"carrier", row.carrier},
          {"kind", name_of_value(row.kind)},
          {"e164", row.e164},
          {"phone_id", id_or_null(row.number)},
          {"state", name_of_value(row.state)},
          {"sentence", sentence_of(row.kind)},
          {"detail", row.detail},
          {"first_seen_at", to_rfc3339(row.first_seen_at)},
          {"last_seen_at", to_rfc3339(row.last_seen_at)}};
}

json::object render_agreement(const agreement_view& view) {
  json::array runs;
  for (const reconcile_run& row : view.runs) runs.push_back(render_reconcile_run(row));
  json::array findings;
  for (const reconcile_finding& row : view.findings) {
    findings.push_back(render_reconcile_finding(row));
  }
  json::array missing;
  for (const carried_count& one : view.missing_accounts) {
    missing.push_back(json::object{
        {"carrier", one.carrier},
        {"numbers", one.numbers},
        {"sentence", "Numbers name this account and it is not configured: add it again, or their"
                     " texts and calls stay away."}});
  }
  return {{"runs", std::move(runs)},
          {"findings", std::move(findings)},
          {"has_more_findings", view.has_more_findings},
          {"missing_accounts", std::move(missing)},
          {"purchases_paused_since", time_or_null(view.paused_since)}};
}

}  // namespace dialplane
