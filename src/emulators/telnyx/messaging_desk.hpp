// Texts at the played Telnyx: out with their reports, in with their webhooks, and the records of
// both.
//
// A text is queued, sent and delivered in virtual time; each step is reported to the address it was
// given or to its profile's. Faults on "send": text_fails (text: an error code, 40008 unless said),
// text_unconfirmed, opted_out, unregistered, queue_full.
#pragma once

#include <string>

#include "emulators/telnyx/books.hpp"
#include "emulators/telnyx/wire.hpp"

namespace dialplane::emulators::telnyx {

class messaging_desk {
 public:
  // Whether a number may send under an approved campaign; asked only where 10DLC is enforced.
  using readiness = std::function<bool(const std::string& e164)>;

  messaging_desk(books& of, readiness ready) : books_(of), is_ready_(std::move(ready)) {}

  void open(const route_adder& add);
  result<std::string> text_in(const std::string& from, const std::string& to,
                              const std::string& body, const boost::json::array& media_urls);
  boost::json::array shown_texts() const;

 private:
  http_response send(const emulated_request& request);
  std::optional<http_response> refusal_of(const emulated_request& request,
                                          const owned_number& sender);
  http_response list_details(const emulated_request& request);
  http_response list_deliveries(const emulated_request& request);
  void move_on(const std::string& id, const std::string& status, boost::json::array errors);
  void note_keyword(const owned_number& number, const std::string& from, const std::string& body);
  sent_text* find(std::string_view id);

  books& books_;
  readiness is_ready_;
};

}  // namespace dialplane::emulators::telnyx
