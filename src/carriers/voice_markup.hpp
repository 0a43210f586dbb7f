// The XML that carriers with programmable voice take as the answer to "a call rings, what now?".
//
// Several carriers read the same verbs (Response, Connect, Stream, Dial, Sip, Say, Hangup), with
// small differences that are switches here. Everything written is escaped; what XML cannot hold is
// left out. Pure functions; they know no carrier and send nothing.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "carriers/carrier_call.hpp"

namespace dialplane {

// Writes elements in order, closing them by itself.
class markup_writer {
 public:
  using attribute = std::pair<std::string_view, std::string_view>;

  markup_writer();
  // Attributes without a value are left out.
  markup_writer& open(std::string_view element, std::initializer_list<attribute> attributes = {});
  markup_writer& text(std::string_view characters);
  markup_writer& close();
  // Closes what is open.
  std::string take();

 private:
  std::string out_;
  std::vector<std::string> open_;
  bool head_is_open_ = false;
};

struct voice_markup_rules {
  // <Stream bidirectionalMode="rtp">: asked for by some to send audio both ways.
  bool names_stream_mode = false;
  // A stream's address may have a query; else what is in it goes into its parameters.
  bool stream_takes_query = false;
};

// The answer that has a carrier do what is planned. A target that is no wss:// or sip: address
// hangs up. Parameters longer than 500 characters in all (name and value) are left out, as
// carriers cut the call at them.
std::string voice_markup(const call_plan& plan, const voice_markup_rules& rules = {});

}  // namespace dialplane
