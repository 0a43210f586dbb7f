#include "carriers/surge/surge_carrier.hpp"

#include <algorithm>

#include "carriers/surge/attachments.hpp"
#include "carriers/surge/brands.hpp"
#include "carriers/surge/campaigns.hpp"
#include "carriers/surge/number_keeping.hpp"
#include "carriers/surge/number_search.hpp"
#include "carriers/surge/signatures.hpp"
#include "carriers/surge/texts.hpp"
#include "carriers/surge/wire_reading.hpp"
#include "net/http_url.hpp"

namespace dialplane::surge {

namespace {

constexpr std::size_t secret_bytes_max = 512;
constexpr std::string_view demo_prefix = "sk_demo_";

carrier_abilities abilities_of(const carrier_description& described,
                               const carrier_account_settings& account) {
  carrier_abilities abilities = described.abilities;
  abilities.name = account.name;
  return abilities;
}

secret_string taken(carrier_account_settings& account, std::string_view credential) {
  return std::move(account.credentials.find(credential)->second);
}

std::string option_of(const carrier_account_settings& account, std::string_view name) {
  const auto at = account.options.find(name);
  return at == account.options.end() ? std::string() : at->second;
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

error bad_setting(std::string field, std::string message) {
  return bad_field(std::move(field), std::move(message), error_code::carrier_account_invalid);
}

result<void> check_secret(const carrier_account_settings& account, std::string_view name) {
  TRY_ASSIGN(const secret_string secret, credential_of(account, name));
  const std::string_view text = secret.reveal();
  const bool fits = !text.empty() && text.size() <= secret_bytes_max &&
                    std::all_of(text.begin(), text.end(),
                                [](char c) { return c > ' ' && c < '\x7f'; });
  if (fits) return {};
  return bad_setting("credentials." + std::string(name),
                     std::string(name) + " must be 1 to 512 visible characters.");
}

}  // namespace

result<std::unique_ptr<carrier>> make_surge_carrier(const carrier_description& described,
                                                    const carrier_tools& tools,
                                                    carrier_account_settings account) {
  TRY(check_secret(account, "api_key"));
  TRY(check_secret(account, "webhook_secret"));
  if (!parse_http_url(without_slash(base_url_of(described, account)))) {
    return bad_setting("options.base_url", "base_url must be an http or https address.");
  }
  const std::string chosen = option_of(account, "account_id");
  if (!chosen.empty() && (!chosen.starts_with("acct_") || !is_id_shape(chosen))) {
    return bad_setting("options.account_id",
                       "account_id must be an id of Surge, beginning with acct_.");
  }
  return std::make_unique<surge_carrier>(described, tools, std::move(account));
}

surge_carrier::surge_carrier(const carrier_description& described, const carrier_tools& tools,
                             carrier_account_settings account)
    : webhook_url_(account.public_url + "/carriers/" + account.name + "/texts"),
      webhook_secret_(taken(account, "webhook_secret")),
      is_demo_(account.credentials.find("api_key")->second.reveal().starts_with(demo_prefix)),
      office_(std::make_shared<office>(
          tools, described.limits, without_slash(base_url_of(described, account)),
          taken(account, "api_key"), abilities_of(described, account),
          option_of(account, "account_id"), "dialplane-" + account.installation,
          account.follows_another)) {}

surge_carrier::~surge_carrier() { office_->api.close(); }

// ---- numbers ----------------------------------------------------------------------------------

void surge_carrier::search(number_search wanted, carrier_done<std::vector<number_offer>> done) {
  search_numbers(office_, std::move(wanted), std::move(done));
}

void surge_carrier::buy(number_purchase order, carrier_done<carrier_number> done) {
  buy_number(office_, area_purchases_, std::move(order), std::move(done));
}

void surge_carrier::look_up(std::string e164, std::string mark,
                            carrier_done<std::optional<carrier_number>> done) {
  look_up_number(office_, std::move(e164), std::move(mark), std::move(done));
}

void surge_carrier::release(std::string e164, std::string mark, carrier_done<void> done) {
  release_number(office_, std::move(e164), std::move(mark), std::move(done));
}

void surge_carrier::list_owned(std::optional<std::string> cursor, std::size_t limit,
                               carrier_done<carrier_number_page> done) {
  list_numbers(office_, std::move(cursor), limit, std::move(done));
}

void surge_carrier::set_routing(std::string e164, number_routing, carrier_done<void> done) {
  require_number(office_, std::move(e164), std::move(done));
}

void surge_carrier::read_routing(std::string e164, carrier_done<routing_snapshot> done) {
  require_number(office_, std::move(e164), [done = std::move(done)](auto ours) mutable {
    if (!ours) return done(std::move(ours).error());
    done(routing_snapshot{});
  });
}

void surge_carrier::restore_routing(std::string e164, routing_snapshot,
                                    carrier_done<void> done) {
  require_number(office_, std::move(e164), std::move(done));
}

void surge_carrier::check_account(carrier_done<account_report> done) {
  office_->accounts->all(
      std::chrono::milliseconds(0),
      [url = webhook_url_, is_demo = is_demo_, done = std::move(done)](auto listed) mutable {
        if (!listed) return done(std::move(listed).error());
        account_report report;
        report.account = "a project with " + std::to_string(listed->size()) +
                         (listed->size() == 1 ? " account" : " accounts");
        report.can_buy = !is_demo;
        if (is_demo) {
          report.missing.push_back(
              "The API key is a demo key: buying numbers needs a live one, from the dashboard.");
        }
        report.missing.push_back(
            "Surge does not tell where the project's webhook points: see in its dashboard that it "
            "is " + url + " with all event types, and that the signing secret there is the one "
            "given here.");
        done(std::move(report));
      });
}

// ---- registration -----------------------------------------------------------------------------

void surge_carrier::file_brand(brand_filing filing, carrier_done<brand_report> done) {
  surge::file_brand(office_, std::move(filing), std::move(done));
}

void surge_carrier::brand_state(std::string reference, carrier_done<brand_report> done) {
  read_brand(office_, std::move(reference), std::move(done));
}

void surge_carrier::resend_brand_code(std::string reference, carrier_done<brand_report> done) {
  resend_code(office_, std::move(reference), std::move(done));
}

void surge_carrier::confirm_brand_code(std::string, std::string,
                                       carrier_done<brand_report> done) {
  done(refused(error_code::not_configured,
               "Surge takes the code from the person only: answer the text it sent to the mobile "
               "number. The state here changes by itself then."));
}

void surge_carrier::file_campaign(campaign_filing filing, carrier_done<campaign_report> done) {
  surge::file_campaign(office_, std::move(filing), std::move(done));
}

void surge_carrier::campaign_state(std::string reference, carrier_done<campaign_report> done) {
  read_campaign_state(office_, std::move(reference), std::move(done));
}

void surge_carrier::end_campaign(std::string reference, carrier_done<void> done) {
  surge::end_campaign(office_, std::move(reference), std::move(done));
}

void surge_carrier::attach_number(std::string campaign_reference, std::string e164,
                                  carrier_done<void> done) {
  surge::attach_number(office_, std::move(campaign_reference), std::move(e164),
                       std::move(done));
}

void surge_carrier::attachment_state(std::string campaign_reference, std::string e164,
                                     carrier_done<attachment_report> done) {
  read_attachment(office_, std::move(campaign_reference), std::move(e164), std::move(done));
}

// ---- texts ------------------------------------------------------------------------------------

void surge_carrier::send_text(text_order order, carrier_done<text_receipt> done) {
  surge::send_text(office_, std::move(order), std::move(done));
}

void surge_carrier::look_up_text(std::string id, std::string from, std::string,
                                 carrier_done<std::optional<text_receipt>> done) {
  surge::look_up_text(office_, std::move(id), std::move(from), std::move(done));
}

void surge_carrier::text_state(std::string carrier_message_id,
                               carrier_done<carrier_news> done) {
  read_text_state(office_, std::move(carrier_message_id), std::move(done));
}

result<verified_webhook> surge_carrier::verify_webhook(const carrier_webhook& received) const {
  return verify_signature(received, webhook_secret_.reveal(), office_->time.now());
}

result<std::vector<carrier_news>> surge_carrier::read_webhook(std::string_view body) const {
  return read_webhook_news(body, contacts_);
}

}  // namespace dialplane::surge
