// Surge's wire API, played: accounts, campaigns, numbers, messages, contacts, verifications, and
// its webhooks with both generations of signatures. What Surge does not publish is decided here
// and said where it is decided.
//
// Besides the control of carrier_emulator:
//   POST /_emulator/account  {"webhook_url","webhook_secret","revoked","review_ms","attach_ms",
//                             "number_limit","account_limit","refuse_private_webhooks",
//                             "search_missing","names_ignored","exhausted":["415"]}
//   POST /_emulator/reviews  {"outcome","reason","count","id"}: approve, reject, changes_needed,
//                            deactivate, attachment_fails, brand_fails, code_answered. With an id
//                            it happens at once; without, to the next ones.
//   POST /_emulator/numbers  {"e164","mark","account"}
//   DELETE /_emulator/accounts ?id=: archived in the dashboard
// Faults of its own: gone, hidden, filter_ignored, release_404, no_funds, number_limit,
// accounts_limit, search_missing, text_fails, campaign_rejected, attachment_fails.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "emulators/carrier_emulator.hpp"
#include "emulators/surge/books.hpp"

namespace dialplane::emulators::surge {

struct surge_options {
  std::string webhook_url = {};
  std::string webhook_secret = {};          // empty: made
  milliseconds review{30'000};              // of a campaign, virtual
  milliseconds attachment{5'000};
  std::int64_t number_limit = 0;            // of the plan; 0: none
  std::int64_t account_limit = 0;
  bool refuse_private_webhooks = false;
  bool search_missing = false;              // as an API before July 2026
  bool names_ignored = false;               // at purchase, as an API before June 2026
};

class surge_emulator final : public carrier_emulator {
 public:
  explicit surge_emulator(emulator_tools tools, surge_options options = {});

  result<boost::json::object> control(std::string_view method, std::string_view what,
                                      const boost::json::object& order) override;

 private:
  using request = const emulated_request&;
  using object = boost::json::object;

  std::optional<http_response> refuse_entry(const emulated_request& asked) override;
  http_response rate_limited_answer() const override;
  http_response error_answer(int status) const override;
  http_response no_such_route(const http_request& asked) const override;
  std::vector<http_header> sign(const emulated_webhook& webhook, bool broken) override;
  std::vector<milliseconds> webhook_pauses() const override;
  void describe(object& state) const override;

  void add_routes();
  std::string new_id(std::string_view prefix);
  // An account that is there and not archived; else `refusal` is the answer.
  account* account_of(request asked, http_response& refusal);
  void tell(const std::string& type, const std::string& account_id, object data);

  // accounts.cpp
  http_response create_account(request asked);
  http_response list_accounts(request asked);
  http_response show_account(request asked);
  http_response change_account(request asked);
  http_response archive_account(request asked);
  void archive(account& one);
  http_response account_status(request asked);
  http_response resend_code(request asked);
  static object shown(const account& one);
  std::vector<std::string> fields_needed(const account& one) const;

  // campaigns.cpp
  http_response create_campaign(request asked, bool toll_free);
  http_response list_campaigns(request asked, bool toll_free);
  http_response show_campaign(request asked);
  http_response change_campaign(request asked);
  void review_later(const campaign& one);
  void decide(const std::string& id, const std::string& outcome, const std::string& reason);
  void attach_all(const campaign& active);
  void attach_later(const std::string& number_id);
  void finish_attachment(const std::string& number_id);
  std::optional<review> draw_review(std::initializer_list<std::string_view> outcomes);
  static object shown(const campaign& one);

  // numbers.cpp
  http_response search(request asked);
  http_response buy(request asked);
  http_response list_numbers(request asked);
  http_response show_number(request asked);
  http_response change_number(request asked);
  http_response release(request asked);
  number& add_number(const std::string& account_id, const std::string& e164,
                     const std::string& name);
  std::vector<std::string> stock(std::string_view type, std::string_view area_code,
                                 std::size_t limit, int skip) const;
  bool is_for_sale(std::string_view e164) const;
  object shown(const number& one) const;
  number* number_by_e164(std::string_view e164);

  // messages.cpp
  http_response send(request asked);
  http_response list_messages(request asked);
  http_response show_message(request asked);
  result<object> text_in(const object& order);
  contact& contact_of(const std::string& account_id, const std::string& phone_number);
  void report_later(const std::string& message_id, milliseconds delay);
  void set_consent(contact& of, bool out);
  object shown(const message& one);
  object conversation_of(const message& one);
  message& add_message(const number& ours, const contact& theirs, const object& content);

  // contacts.cpp
  http_response create_contact(request asked);
  http_response list_contacts(request asked);
  http_response show_contact(request asked);
  http_response change_contact(request asked);
  http_response create_verification(request asked);
  http_response check_verification(request asked);
  static object shown(const contact& one);
  static object shown(const verification& one);

  // control.cpp
  result<object> set_account(const object& order);
  result<object> order_review(const object& order);
  result<object> add_foreign(const object& order);
  result<object> lose_number(const object& order);

  surge_options options_;
  id_generator ids_;
  books books_;
  bool revoked_ = false;
  std::int64_t demo_messages_ = 0;
  int searches_ = -1;  // counted, in a circle
};

// Shared by the handlers.
http_response failure(int status, std::string_view type, std::string_view message,
                      boost::json::object detail = {});
http_response wrong_field(std::string_view field, std::string_view complaint);
// One page of 50 (our choice; Surge does not say): `rows` in the order of the list, shown as JSON
// objects with an "id".
http_response page_of(const emulated_request& asked,
                      const std::vector<boost::json::object>& rows);
std::string text_of(const boost::json::object& from, std::string_view member);
bool is_e164(std::string_view text) noexcept;

std::unique_ptr<carrier_emulator> make_surge_emulator(emulator_tools tools);

}  // namespace dialplane::emulators::surge
