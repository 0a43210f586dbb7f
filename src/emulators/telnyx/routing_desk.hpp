// Messaging profiles, TeXML applications, and which of them a number uses, at the played Telnyx;
// and calls that come in.
//
// A profile goes on a number through /messaging, an application through /voice; the wrong member on
// either is 422. A call that comes in is asked for at the application's voice_url as a signed form;
// what it answers is kept. Fault on "call": leg_fails (the dialled leg is not answered).
#pragma once

#include <string>

#include "emulators/telnyx/books.hpp"
#include "emulators/telnyx/wire.hpp"

namespace dialplane::emulators::telnyx {

class routing_desk {
 public:
  explicit routing_desk(books& of) : books_(of) {}

  void open(const route_adder& add);
  // Nothing: the number is not ours or has no application.
  result<std::string> call_in(const std::string& from, const std::string& to);
  boost::json::array shown_calls() const;

 private:
  using rows = std::vector<configured_object> books::*;
  struct kind {
    rows list;
    std::string_view record_type;
    std::string_view name_member;
    std::string_view needed_member;  // besides the name
    bool has_numeric_id;
  };

  void open_objects(const route_adder& add, const std::string& path, const std::string& call,
                    kind which);
  void open_settings(const route_adder& add);
  http_response create(const emulated_request& request, kind which);
  http_response list(const emulated_request& request, kind which);
  http_response set_messaging(const emulated_request& request);
  http_response set_voice(const emulated_request& request);

  void report_call(const std::string& id, const std::string& status, int sequence);
  void go_on_after_answer(const std::string& id);
  void post_form(const played_call& call, const std::string& url, form_fields more,
                 bool keeps_answer);
  played_call* find_call(const std::string& id);

  books& books_;
};

}  // namespace dialplane::emulators::telnyx
