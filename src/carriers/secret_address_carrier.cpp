#include "carriers/secret_address_carrier.hpp"

#include <utility>

#include "base/check.hpp"
#include "base/crypto.hpp"

namespace dialplane {

namespace {

constexpr std::string_view parameter = "key=";

}  // namespace

secret_address_carrier::secret_address_carrier(std::unique_ptr<carrier> inner, secret_string token)
    : passing_carrier(std::move(inner)), token_(std::move(token)) {
  CHECK(token_.reveal().size() >= 20);
}

std::string secret_address_carrier::with_token(std::string url) const {
  if (url.empty()) return url;
  url += url.find('?') == std::string::npos ? '?' : '&';
  return url.append(parameter).append(token_.reveal());
}

std::string secret_address_carrier::without_token(std::string url) const {
  const std::string ending = std::string(parameter) + std::string(token_.reveal());
  if (url.size() > ending.size() && url.ends_with(ending)) {
    url.resize(url.size() - ending.size() - 1);
  }
  return url;
}

void secret_address_carrier::buy(number_purchase order, carrier_done<carrier_number> done) {
  order.routing.text_url = with_token(std::move(order.routing.text_url));
  order.routing.voice_url = with_token(std::move(order.routing.voice_url));
  inner().buy(std::move(order), [this, done = std::move(done)](
                                    result<carrier_number> bought) mutable {
    if (bought) {
      bought->routing = {without_token(std::move(bought->routing.text_url)),
                         without_token(std::move(bought->routing.voice_url))};
    }
    done(std::move(bought));
  });
}

void secret_address_carrier::look_up(std::string e164, std::string mark,
                                     carrier_done<std::optional<carrier_number>> done) {
  inner().look_up(std::move(e164), std::move(mark),
                  [this, done = std::move(done)](
                      result<std::optional<carrier_number>> found) mutable {
                    if (found && *found) {
                      number_routing& routing = (**found).routing;
                      routing = {without_token(std::move(routing.text_url)),
                                 without_token(std::move(routing.voice_url))};
                    }
                    done(std::move(found));
                  });
}

void secret_address_carrier::set_routing(std::string e164, number_routing routing,
                                         carrier_done<void> done) {
  number_routing secret{with_token(std::move(routing.text_url)),
                        with_token(std::move(routing.voice_url))};
  inner().set_routing(std::move(e164), std::move(secret), std::move(done));
}

void secret_address_carrier::list_owned(std::optional<std::string> cursor, std::size_t limit,
                                        carrier_done<carrier_number_page> done) {
  inner().list_owned(std::move(cursor), limit,
                     [this, done = std::move(done)](result<carrier_number_page> page) mutable {
                       if (page) {
                         for (carrier_number& one : page->numbers) {
                           one.routing = {without_token(std::move(one.routing.text_url)),
                                          without_token(std::move(one.routing.voice_url))};
                         }
                       }
                       done(std::move(page));
                     });
}

void secret_address_carrier::send_text(text_order order, carrier_done<text_receipt> done) {
  order.status_url = with_token(std::move(order.status_url));
  inner().send_text(std::move(order), std::move(done));
}

result<verified_webhook> secret_address_carrier::verify_webhook(
    const carrier_webhook& received) const {
  const std::size_t at = received.url.rfind(parameter);
  const bool is_parameter =
      at != std::string::npos && at > 0 &&
      (received.url[at - 1] == '?' || received.url[at - 1] == '&');
  if (!is_parameter || !same_secret(token_, received.url.substr(at + parameter.size()))) {
    return refused(error_code::unauthorized, "This is not the address the carrier was given.");
  }
  return verified_webhook{hex(sha256(received.body))};
}

webhook_answer secret_address_carrier::call_instructions(const call_plan& plan) const {
  call_plan secret;
  secret.action = plan.action;
  secret.target = plan.target;
  secret.parameters = plan.parameters;
  secret.sip_username = plan.sip_username;
  secret.sip_password = plan.sip_password.copy();
  secret.caller_id = plan.caller_id;
  secret.sentence = plan.sentence;
  secret.next_url = with_token(plan.next_url);
  secret.status_url = with_token(plan.status_url);
  return inner().call_instructions(secret);
}

}  // namespace dialplane
