#include "app/phone_numbers.hpp"

#include <utility>

#include "app/subject.hpp"
#include "store/quote_queries.hpp"
#include "workflow/send_readiness_of.hpp"

namespace dialplane {

namespace {

result<phone_view> view_of(session& work, number row, campaign_lookup& campaigns) {
  phone_view view;
  TRY_ASSIGN(view.agents, work.numbers().assignments_of(row.organization, row.id));
  TRY_ASSIGN(view.campaign, campaigns.find(row.campaign));
  view.row = std::move(row);
  return view;
}

}  // namespace

bool can_send_texts(const number& row, const std::optional<campaign>& its_campaign) noexcept {
  return row.status == number_status::active && is_registered_to_send(row, its_campaign);
}

result<std::optional<campaign>> campaign_lookup::find(std::optional<campaign_id> id) {
  if (!id) return std::optional<campaign>();
  for (const campaign& known : seen_) {
    if (known.id == *id) return std::optional<campaign>(known);
  }
  TRY_ASSIGN(auto found, work_.campaigns().find(owner_, *id));
  if (found) seen_.push_back(*found);
  return found;
}

result<number> find_phone(session& work, const actor& who, std::optional<user_id> asked,
                          number_id id) {
  if (asked) TRY(find_subject(work, who, asked));
  const std::optional<user_id> visible = visible_user(who, asked);
  TRY_ASSIGN(auto found, work.numbers().find(who.organization, id));
  if (!found || (visible && found->user != *visible)) {
    return refused(error_code::resource_not_found, "No such phone number.");
  }
  return *std::move(found);
}

result<phone_view> get_phone(session& work, const app_environment& env, const actor& who,
                             std::optional<user_id> asked, number_id id) {
  TRY_ASSIGN(number row, find_phone(work, who, asked, id));
  campaign_lookup campaigns(work, who.organization);
  TRY_ASSIGN(phone_view view, view_of(work, std::move(row), campaigns));
  TRY_ASSIGN(view.readiness, send_readiness_of(work, env.work, view.row));
  if (who.is_operator()) {
    TRY_ASSIGN(view.bought, work.quotes().find_purchase(who.organization, id));
  }
  return view;
}

result<page<phone_view>> list_phones(session& work, const actor& who, std::optional<user_id> asked,
                                     const phone_filter& only, const page_request& cut) {
  TRY_ASSIGN(const user subject, find_subject(work, who, asked));
  number_filter filter;
  filter.user = subject.id;
  filter.assigned_agent = only.agent;
  if (only.status) filter.statuses = {*only.status};
  TRY_ASSIGN(auto found, work.numbers().page_of(who.organization, filter, cut));
  campaign_lookup campaigns(work, who.organization);
  page<phone_view> views;
  views.has_more = found.has_more;
  views.rows.reserve(found.rows.size());
  for (number_view& each : found.rows) {
    TRY_ASSIGN(auto view, view_of(work, std::move(each.row), campaigns));
    views.rows.push_back(std::move(view));
  }
  return views;
}

}  // namespace dialplane
