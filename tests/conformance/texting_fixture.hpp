// A company whose number may text, on a store under test, and a person to text with.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/metrics.hpp"
#include "base/sealing.hpp"
#include "carriers/carrier_registry.hpp"
#include "conformance/store_fixture.hpp"
#include "domain/rule_tables.hpp"
#include "store/contact_queries.hpp"
#include "store/send_counter_queries.hpp"
#include "workflow/texts/inbound_keywords.hpp"
#include "workflow/texts/send_guards.hpp"

namespace dialplane::test {

// Has abilities and is never called.
class silent_carrier final : public carrier {
 public:
  silent_carrier() { abilities_.name = "sandbox"; }
  const carrier_abilities& abilities() const noexcept override { return abilities_; }
  void search(number_search, carrier_done<std::vector<number_offer>>) override { FAIL("called"); }
  void buy(number_purchase, carrier_done<carrier_number>) override { FAIL("called"); }
  void look_up(std::string, std::string,
               carrier_done<std::optional<carrier_number>>) override {
    FAIL("called");
  }
  void set_routing(std::string, number_routing, carrier_done<void>) override { FAIL("called"); }
  void release(std::string, std::string, carrier_done<void>) override { FAIL("called"); }
  void list_owned(std::optional<std::string>, std::size_t,
                  carrier_done<carrier_number_page>) override {
    FAIL("called");
  }
  void file_campaign(campaign_filing, carrier_done<campaign_report>) override { FAIL("called"); }
  void campaign_state(std::string, carrier_done<campaign_report>) override { FAIL("called"); }
  void attach_number(std::string, std::string, carrier_done<void>) override { FAIL("called"); }

  carrier_abilities abilities_;
};

class texting_fixture {
 public:
  explicit texting_fixture(store_fixture& at) : at_(at), own_(make_tenant(at)) {
    auto made = std::make_unique<silent_carrier>();
    line = made.get();
    carriers_.add(std::move(made));
    helper = make_agent(at, own_, "Helper");
    under = make_campaign(at, own_);
    under.status = campaign_status::active;
    phone = make_number(at, own_);
    phone.status = number_status::active;
    static int made_so_far = 1'000;  // live numbers are unique in a store
    phone.e164 = "+1415555" + std::to_string(made_so_far++);
    phone.campaign = under.id;
    phone.campaign_attached = true;
    key.id = at.id<api_key_id>();
    key.organization = own_.company.id;
    std::copy(key.id.bytes.begin(), key.id.bytes.end(), key.hash.begin());
    key.hint = "nv_sk_live_…";
    key.created_at = at.time.now();
    at.must_write([&](session& work) -> result<void> {
      TRY(work.agents().insert(helper));
      TRY(work.campaigns().insert(under));
      TRY(work.numbers().insert(phone));
      TRY(work.organizations().insert_key(key));
      TRY(work.numbers().put_assignment({.organization = own_.company.id,
                                         .number = phone.id,
                                         .agent = helper.id,
                                         .created_at = at.time.now()}));
      TRY(work.ledger().post(make_entry(at_, own_, ledger_account::granted,
                                        ledger_account::available, 1'000'000'000)));
      return {};
    });
  }

  workflow_environment environment() {
    return {at_.db(),  carriers_, at_.time,           at_.ids, rules,
            metrics_, "abc123",  "http://localhost", seals_};
  }

  text_request wanted(std::string body = "Hello there",
                      std::string_view to = "+12125550123") const {
    return {.sender = phone,
            .recipient = *e164::parse(to),
            .body = std::move(body),
            .agent = helper.id,
            .key = key.id,
            .request_id = "req-1"};
  }

  result<text_permit> judge(const text_request& request) {
    auto env = environment();
    return at_.read([&](session& work) { return judge_text(work, env, request); });
  }
  // Judged and counted in one unit, as an accepted text is.
  result<text_permit> send(const text_request& request) {
    auto env = environment();
    return at_.write([&](session& work) -> result<text_permit> {
      TRY_ASSIGN(text_permit permit, judge_text(work, env, request));
      TRY(count_text(work, env, request, permit));
      return permit;
    });
  }
  std::string refusal_of(const text_request& request) {
    const auto outcome = judge(request);
    return outcome ? "allowed" : std::string(name_of(outcome.error().code));
  }

  keyword_effect hears(std::string body, std::string from = "+12125550123") {
    return hears_at(std::move(body), at_.time.now(), std::move(from));
  }
  keyword_effect hears_at(std::string body, timestamp when, std::string from = "+12125550123") {
    message inbound;
    inbound.id = at_.id<message_id>();
    inbound.organization = own_.company.id;
    inbound.user = own_.person.id;
    inbound.number = phone.id;
    inbound.direction = message_direction::inbound;
    inbound.from = std::move(from);
    inbound.to = phone.e164;
    inbound.body = std::move(body);
    inbound.created_at = when;
    auto env = environment();
    return at_.must_write(
        [&](session& work) { return take_keywords(work, env, phone, inbound); });
  }

  message queued(const text_request& request) const {
    message row;
    row.organization = request.sender.organization;
    row.user = request.sender.user;
    row.number = request.sender.id;
    row.agent = request.agent;
    row.key = request.key;
    row.purpose = request.purpose;
    row.to = request.recipient.str();
    row.body = request.body;
    return row;
  }
  result<std::optional<timestamp>> leave(const message& row) {
    auto env = environment();
    return at_.write([&](session& work) { return leave_now(work, env, row); });
  }

  std::optional<contact> known(std::string_view who = "+12125550123") {
    return at_.must_read([&](session& work) {
      return work.contacts().find(own_.company.id, own_.person.id, who);
    });
  }

  const tenant& company() const { return own_; }

  business_rules rules;
  number phone;
  campaign under;
  agent helper;
  api_key key;
  silent_carrier* line = nullptr;

 private:
  store_fixture& at_;
  tenant own_;
  carrier_registry carriers_;
  metrics_registry metrics_;
  const sealer seals_{sealer::key{7}, at_.random};
};

}  // namespace dialplane::test
