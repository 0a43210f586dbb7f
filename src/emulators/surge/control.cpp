// The hand on the played Surge: its state, and what only its staff or the world outside would do.
#include <algorithm>

#include "base/object_reader.hpp"
#include "emulators/surge/surge_emulator.hpp"
#include "net/http_url.hpp"

namespace dialplane::emulators::surge {

namespace {

namespace json = boost::json;

constexpr std::int64_t longest_ms = 366LL * 24 * 3'600'000;
constexpr std::size_t texts_shown = 1'000;

// As Surge refuses them: private addresses, and names that lead nowhere outside.
bool is_private(const http_url& url) {
  if (url.address) return !address_guard().allows(*url.address);
  for (const std::string_view end : {".local", ".internal", ".localhost", ".test"}) {
    if (url.host.ends_with(end)) return true;
  }
  return url.host == "localhost";
}

}  // namespace

result<json::object> surge_emulator::control(std::string_view method, std::string_view what,
                                             const json::object& order) {
  if (method == "POST" && what == "account") return set_account(order);
  if (method == "POST" && what == "reviews") return order_review(order);
  if (method == "POST" && what == "numbers") return add_foreign(order);
  if (method == "DELETE" && what == "numbers") return lose_number(order);
  if (method == "POST" && what == "texts") return text_in(order);
  if (method == "DELETE" && what == "accounts") {
    const auto found = books_.accounts.find(text_of(order, "id"));
    if (found == books_.accounts.end()) return bad_field("id", "id must be one that is here.");
    archive(found->second);
    return json::object{};
  }
  return carrier_emulator::control(method, what, order);
}

result<json::object> surge_emulator::set_account(const json::object& order) {
  object_reader read(order);
  const auto url = read.optional_string("webhook_url", {.max = 2'048});
  const auto secret = read.optional_string("webhook_secret", {.min = 1, .max = 256});
  const auto revoked = read.optional_bool("revoked");
  const auto review_ms = read.optional_int("review_ms", 0, longest_ms);
  const auto attach_ms = read.optional_int("attach_ms", 0, longest_ms);
  const auto number_limit = read.optional_int("number_limit", 0, 1'000'000);
  const auto account_limit = read.optional_int("account_limit", 0, 1'000'000);
  const auto refuse_private = read.optional_bool("refuse_private_webhooks");
  const auto search_missing = read.optional_bool("search_missing");
  const auto names_ignored = read.optional_bool("names_ignored");
  const auto exhausted = read.optional_string_list("exhausted", 1'000, {.max = 3});
  TRY(read.finish());
  surge_options changed = options_;
  changed.refuse_private_webhooks = refuse_private.value_or(changed.refuse_private_webhooks);
  if (url && !url->empty()) {
    const auto parsed = parse_http_url(*url);
    if (!parsed) return bad_field("webhook_url", "webhook_url must be an address.");
    if (changed.refuse_private_webhooks && is_private(*parsed)) {
      return bad_field("webhook_url", "webhook_url must be a public address.");
    }
  }
  changed.webhook_url = url.value_or(changed.webhook_url);
  changed.webhook_secret = secret.value_or(changed.webhook_secret);
  changed.review = milliseconds(review_ms.value_or(changed.review.count()));
  changed.attachment = milliseconds(attach_ms.value_or(changed.attachment.count()));
  changed.number_limit = number_limit.value_or(changed.number_limit);
  changed.account_limit = account_limit.value_or(changed.account_limit);
  changed.search_missing = search_missing.value_or(changed.search_missing);
  changed.names_ignored = names_ignored.value_or(changed.names_ignored);
  options_ = std::move(changed);
  revoked_ = revoked.value_or(revoked_);
  if (exhausted) books_.exhausted = {exhausted->begin(), exhausted->end()};
  return json::object{};
}

result<json::object> surge_emulator::order_review(const json::object& order) {
  object_reader read(order);
  review wanted;
  const std::initializer_list<std::string_view> outcomes = {
      "approve",          "reject",      "changes_needed", "deactivate",
      "attachment_fails", "brand_fails", "code_answered"};
  wanted.outcome = *(outcomes.begin() + read.required_choice("outcome", outcomes));
  wanted.reason = read.optional_string("reason", {.max = 500}).value_or("");
  wanted.count = read.optional_int("count", 1, 1'000'000).value_or(1);
  const std::string id = read.optional_string("id", {.max = 64}).value_or("");
  TRY(read.finish());
  if (id.empty()) {
    if (books_.reviews.size() >= 256) return bad_field("outcome", "Too many reviews wait.");
    if (wanted.outcome == "code_answered") {
      for (auto& [account_id, one] : books_.accounts) one.code_answered = true;
    } else {
      books_.reviews.push_back(std::move(wanted));
    }
    return json::object{};
  }
  if (const auto found = books_.accounts.find(id); found != books_.accounts.end()) {
    found->second.code_answered = wanted.outcome == "code_answered";
    if (wanted.outcome == "brand_fails") {
      found->second.complaint = wanted.reason.empty() ? "Not found." : wanted.reason;
      found->second.complaint_field = "organization.registered_name";
    }
    return json::object{};
  }
  if (!books_.campaigns.contains(id)) return bad_field("id", "id must be one that is here.");
  decide(id, wanted.outcome, wanted.reason);
  return json::object{};
}

result<json::object> surge_emulator::add_foreign(const json::object& order) {
  const std::string e164 = text_of(order, "e164");
  if (!is_for_sale(e164)) return bad_field("e164", "e164 must be a number that is for sale here.");
  std::string owner = text_of(order, "account");
  if (owner.empty() && !books_.accounts.empty()) owner = books_.accounts.begin()->first;
  if (!books_.accounts.contains(owner)) {
    account made;
    made.id = new_id("acct");
    made.name = "Made by hand";
    owner = made.id;
    books_.accounts.emplace(owner, std::move(made));
  }
  const number& added = add_number(owner, e164, text_of(order, "mark"));
  books_.purchases.pop_back();  // not bought by who is tested
  return json::object{{"reference", added.id}};
}

result<json::object> surge_emulator::lose_number(const json::object& order) {
  const number* found = number_by_e164(text_of(order, "e164"));
  if (found == nullptr) return bad_field("e164", "e164 must be a number that is owned here.");
  books_.numbers.erase(std::string(found->id));
  return json::object{};
}

void surge_emulator::describe(json::object& state) const {
  json::array accounts;
  for (const auto& [id, one] : books_.accounts) {
    accounts.push_back(json::object{{"id", id}, {"name", one.name}, {"archived", one.archived}});
  }
  json::array numbers;
  for (const auto& [id, one] : books_.numbers) {
    numbers.push_back(json::object{{"e164", one.e164},
                                   {"mark", one.name},
                                   {"reference", id},
                                   {"account", one.account},
                                   {"campaign", one.campaign},
                                   {"attachment", one.attachment}});
  }
  json::array purchases;
  for (const purchase& one : books_.purchases) {
    purchases.push_back(
        json::object{{"e164", one.e164}, {"mark", one.mark}, {"account", one.account}});
  }
  json::array campaigns;
  for (const auto& [id, one] : books_.campaigns) {
    campaigns.push_back(json::object{{"id", id},
                                     {"account", one.account},
                                     {"status", one.status},
                                     {"note", one.note},
                                     {"submissions", one.submission}});
  }
  json::array texts;  // newest first
  for (auto at = books_.messages.rbegin();
       at != books_.messages.rend() && texts.size() < texts_shown; ++at) {
    const message& one = at->second;
    texts.push_back(json::object{{"id", one.id},
                                 {"our_id", text_of(one.metadata, "our_message_id")},
                                 {"ours", one.number},
                                 {"theirs", books_.contacts.at(one.contact).phone_number},
                                 {"inbound", one.inbound},
                                 {"body", one.body},
                                 {"status", one.status}});
  }
  json::object codes;
  for (const auto& [id, one] : books_.verifications) codes[id] = one.code;
  state["webhook_url"] = options_.webhook_url;
  state["webhook_secret"] = options_.webhook_secret;
  // What an account of a program under test is given.
  state["credentials"] = json::object{{"api_key", "sk_live_test"},
                                      {"webhook_secret", options_.webhook_secret}};
  state["accounts"] = std::move(accounts);
  state["numbers"] = std::move(numbers);
  state["purchases"] = std::move(purchases);
  state["campaigns"] = std::move(campaigns);
  state["texts"] = std::move(texts);
  state["codes"] = std::move(codes);
}

}  // namespace dialplane::emulators::surge
