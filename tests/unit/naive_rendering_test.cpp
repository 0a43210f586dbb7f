#include "edge/rest/naive_rendering.hpp"

#include <doctest/doctest.h>
#include <boost/json.hpp>

#include <string>

#include "domain/provision_plan.hpp"
#include "edge/rest/json_decimals.hpp"
#include "support/moments.hpp"

using namespace dialplane;
using test::new_year;

namespace {

namespace json = boost::json;

template <typename Id>
Id some_id(std::uint8_t last) {
  Id id;
  id.bytes = {0x01, 0x98, 0xc2, 0xa4, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, last};
  return id;
}

std::string uuid_ending(const char* last) {
  return std::string("0198c2a4-0000-7000-8000-0000000000") + last;
}

number active_number() {
  number row;
  row.id = some_id<number_id>(1);
  row.user = some_id<user_id>(2);
  row.status = number_status::active;
  row.e164 = "+14155551234";
  row.label = "Support";
  row.area_code_asked = "415";
  row.created_at = new_year;
  row.updated_at = new_year;
  return row;
}

campaign some_campaign(campaign_status status) {
  campaign row;
  row.id = some_id<campaign_id>(3);
  row.status = status;
  return row;
}

provision_outcome founding_outcome() {
  const std::string text =
      to_json(outcome_of_provision(active_number(), std::nullopt,
                                   some_campaign(campaign_status::created), std::nullopt,
                                   micro_credits::credits(50), micro_credits::credits(950)));
  const auto outcome = parse_provision_outcome(text);
  REQUIRE(outcome.has_value());
  return *outcome;
}

approval some_approval(approval_status status) {
  approval row;
  row.id = some_id<approval_id>(4);
  row.user = some_id<user_id>(2);
  row.title = "Provision a local number (415, \"Support\")";
  row.status = status;
  row.shown_request = R"({"ein":"**-***6789","area_code":"415"})";
  row.quoted_price = micro_credits::credits(50);
  row.requested_by_type = "agent";
  row.requested_by_id = some_id<agent_id>(5).uuid();
  row.created_at = new_year;
  row.expires_at = new_year;
  return row;
}

std::string text_of(const json::object& shown) { return json_decimals(shown); }

}  // namespace

TEST_CASE("naive rendering: the founding answer, byte for byte") {
  CHECK(text_of(render_provisioned(founding_outcome())) ==
        R"({"phone":{"id":")" + uuid_ending("01") +
            R"(","e164":"+14155551234","type":"local","capabilities":{"voice":false,)"
            R"("sms_inbound":true,"sms_outbound":false,"mms":false},"status":"active"},)"
            R"("campaign":{"id":")" +
            uuid_ending("03") +
            R"(","status":"created","eta":"1-2 business days"},)"
            R"("credits_used":50,"credits_remaining":950})");
}

TEST_CASE("naive rendering: decimals of credits, and none where whole") {
  provision_outcome outcome = founding_outcome();
  outcome.used = {10'334'500};
  outcome.remaining = {989'665'500};
  outcome.campaign.reset();
  const std::string text = text_of(render_provisioned(outcome));
  CHECK(text.ends_with(R"("campaign":null,"credits_used":10.3345,"credits_remaining":989.6655})"));
}

TEST_CASE("naive rendering: a purchase not settled yet") {
  pending_provision pending;
  pending.work.id = some_id<operation_id>(6);
  pending.work.number = some_id<number_id>(1);
  pending.type = number_type::toll_free;
  pending.remaining = micro_credits::credits(946);
  const json::object shown = render_provision_pending(pending);
  const json::object& phone = shown.at("phone").as_object();
  CHECK(phone.at("id").as_string() == uuid_ending("01"));
  CHECK(phone.at("e164").is_null());
  CHECK(phone.at("type").as_string() == "toll_free");
  CHECK(phone.at("status").as_string() == "pending");
  CHECK(phone.at("operation_id").as_string() == uuid_ending("06"));
  CHECK(shown.at("campaign").is_null());
  CHECK(shown.at("credits_used").as_int64() == 0);
  CHECK(shown.at("credits_remaining").as_int64() == 946);
}

TEST_CASE("naive rendering: a request that waits for a human") {
  CHECK(text_of(render_gated(some_approval(approval_status::pending))) ==
        R"({"status":"pending_approval","approval_id":")" + uuid_ending("04") +
            R"(","action":"phone.provision","primitive":"phone",)"
            R"x("title":"Provision a local number (415, \"Support\")",)x"
            R"("message":"A human must approve this before it runs."})");
}

TEST_CASE("naive rendering: texts may go out only when active, approved and attached") {
  for (const bool attached : {false, true}) {
    for (const auto status : {number_status::active, number_status::suspended}) {
      for (const auto review : {campaign_status::in_review, campaign_status::active}) {
        phone_view phone{active_number(), {}, some_campaign(review)};
        phone.row.status = status;
        phone.row.campaign_attached = attached;
        const json::object shown = render_phone_row(phone);
        const bool may =
            attached && status == number_status::active && review == campaign_status::active;
        CHECK(shown.at("capabilities").as_object().at("sms_outbound").as_bool() == may);
      }
    }
  }
  phone_view without{active_number(), {}, std::nullopt};
  without.row.campaign_attached = true;
  CHECK_FALSE(can_send_texts(without.row, without.campaign));
}

TEST_CASE("naive rendering: whether the area code is the one asked for") {
  phone_view phone{active_number(), {}, std::nullopt};
  CHECK(render_phone_row(phone).at("area_code_matched").as_bool());
  phone.row.area_code_asked = "628";
  CHECK_FALSE(render_phone_row(phone).at("area_code_matched").as_bool());
  phone.row.area_code_asked.clear();
  CHECK(render_phone_row(phone).at("area_code_matched").as_bool());  // nothing to miss
  phone.row.area_code_asked = "415";
  phone.row.e164.clear();
  const json::object pending = render_phone_row(phone);
  CHECK(pending.at("area_code_matched").is_null());
  CHECK(pending.at("area_code").is_null());
  CHECK(pending.at("e164").is_null());
}

TEST_CASE("naive rendering: agents of a number and their permissions") {
  assignment link;
  link.number = some_id<number_id>(1);
  link.agent = some_id<agent_id>(5);
  link.send_sms = false;
  link.created_at = new_year;
  CHECK(text_of(render_assignment(link)) == R"({"phone_id":")" + uuid_ending("01") +
                                                R"(","agent_id":")" + uuid_ending("05") +
                                                R"(","permissions":["receive_sms"],)"
                                                R"("created_at":"2026-01-01T00:00:00.000Z"})");
  phone_view phone{active_number(), {link}, std::nullopt};
  CHECK(render_phone_row(phone).at("agents").as_array().size() == 1);
}

TEST_CASE("naive rendering: a campaign by kind") {
  campaign filed = some_campaign(campaign_status::active);
  json::object shown = render_campaign_of(filed, 1, active_number());
  CHECK(shown.at("attachment_status").as_string() == "attachment_pending");
  CHECK(shown.at("eta").is_null());
  CHECK(json::serialize(shown.at("use_cases")) == R"(["customer_care"])");
  filed.kind = campaign_kind::toll_free_verification;
  filed.status = campaign_status::created;
  shown = render_campaign_of(filed, 1, active_number());
  CHECK(shown.at("attachment_status").is_null());
  CHECK(shown.at("eta").as_string() == "1-2 weeks");
}

TEST_CASE("naive rendering: an approval shows result, error and end only where they belong") {
  const std::string success =
      to_json(outcome_of_provision(active_number(), std::nullopt,
                                   some_campaign(campaign_status::created), std::nullopt,
                                   micro_credits::credits(50), micro_credits::credits(950)));
  const std::string failure = failure_outcome_json(
      refused(error_code::price_changed, "The price rose from 50 to 51 credits."));
  for (const approval_status status :
       {approval_status::pending, approval_status::executing, approval_status::executed,
        approval_status::failed, approval_status::denied, approval_status::expired}) {
    approval row = some_approval(status);
    row.result = success;
    row.failure = failure;
    row.resolved_at = new_year;
    const json::object shown = render_approval(row);
    CAPTURE(name_of_value(status));
    CHECK(shown.at("result").is_object() == (status == approval_status::executed));
    CHECK(shown.at("error").is_object() == (status == approval_status::failed));
    const bool open = status == approval_status::pending || status == approval_status::executing;
    CHECK(shown.at("resolved_at").is_null() == open);
    CHECK(shown.at("payload").as_object().at("ein").as_string() == "**-***6789");
    CHECK(shown.at("credits_estimate").as_int64() == 50);
  }
  approval row = some_approval(approval_status::failed);
  row.failure = failure;
  CHECK(render_approval(row).at("error").as_object().at("code").as_string() == "price_changed");
  row = some_approval(approval_status::executed);
  row.result = success;
  CHECK(render_approval(row).at("result") == json::value(render_provisioned(founding_outcome())));
  row.asked_through = dialect::cartesia;
  const json::object other = render_approval(row).at("result").as_object();
  CHECK(other.at("number").as_string() == "+14155551234");
  CHECK(other.at("id").as_string().starts_with("pn_"));
}

TEST_CASE("naive rendering: the next step towards texting") {
  phone_status_view view;
  CHECK(next_step_of(view) == phone_next_step::complete_legal_entity);
  view.entity.emplace().status = formation_status::submitted;
  CHECK(next_step_of(view) == phone_next_step::complete_legal_entity);
  view.entity->status = formation_status::formation_completed;
  CHECK(next_step_of(view) == phone_next_step::provision_number);
  CHECK(text_of(render_phone_status(view)) ==
        R"({"account":null,"campaign":null,"numbers":[],"next_step":"provision_number"})");
  view.account.emplace();
  view.numbers.push_back({active_number(), {}, std::nullopt});
  CHECK(next_step_of(view) == phone_next_step::wait_for_campaign);
  CHECK(account_status_of(view) == account_status::incomplete);
  view.account->stage = brand_stage::verified;
  CHECK(account_status_of(view) == account_status::ready);
  view.campaign = some_campaign(campaign_status::in_review);
  CHECK(next_step_of(view) == phone_next_step::wait_for_campaign);
  view.campaign->status = campaign_status::rejected;
  CHECK(next_step_of(view) == phone_next_step::fix_campaign);
  view.campaign->status = campaign_status::active;
  CHECK(next_step_of(view) == phone_next_step::none);
  view.account->stage = brand_stage::failed;
  CHECK(next_step_of(view) == phone_next_step::fix_account);
  CHECK(account_status_of(view) == account_status::error);
}

TEST_CASE("naive rendering: a release before and after the carrier confirmed") {
  release_number_answer answer;
  answer.row = active_number();
  CHECK(text_of(render_releasing(answer)) ==
        R"({"id":")" + uuid_ending("01") +
            R"(","e164":"+14155551234","status":"releasing","released_at":null,)"
            R"("assignments_removed":0,"end_campaign_offer":null})");
  const auto outcome = parse_release_outcome(
      R"({"released_at":"2026-01-01T00:00:00.000Z","assignments_removed":1})");
  REQUIRE(outcome.has_value());
  CHECK(text_of(render_released(answer, *outcome)) ==
        R"({"id":")" + uuid_ending("01") +
            R"(","e164":"+14155551234","status":"released",)"
            R"("released_at":"2026-01-01T00:00:00.000Z","assignments_removed":1,)"
            R"("end_campaign_offer":null})");
}

TEST_CASE("provision outcome: a stored failure comes back as the same refusal") {
  error refusal = refused(error_code::number_unavailable, "No number in 415.");
  refusal.hint = "Widen area_code_policy.";
  const auto outcome = parse_provision_outcome(failure_outcome_json(refusal));
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().code == error_code::number_unavailable);
  CHECK(outcome.error().hint == "Widen area_code_policy.");
}

TEST_CASE("provision outcome: a broken text is a fault of ours, never a number") {
  for (const char* broken : {"", "{}", "[]", R"({"number":null})", R"({"number":{}})",
                             R"({"error":5})", R"({"released_at":"x"})"}) {
    CAPTURE(broken);
    const auto outcome = parse_provision_outcome(broken);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().code == error_code::internal_error);
    const auto release = parse_release_outcome(broken);
    REQUIRE_FALSE(release.has_value());
    CHECK(release.error().code == error_code::internal_error);
  }
}
