// Reading what Surge posts to our webhook. Its signature was checked by then, and the body is
// still judged as if anybody had written it.
//
// Opt-outs name a contact by its id only: who that is was seen in earlier messages, and is kept
// in a bounded memory. An opt-out of a contact never seen tells nothing; the text with the word
// STOP comes by itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "carriers/carrier.hpp"
#include "carriers/surge/bounded_memory.hpp"

namespace dialplane::surge {

struct known_contact {
  std::string phone_number;  // theirs
  std::string our_number;    // they were last in touch with
};
using contact_memory = bounded_memory<known_contact>;

result<std::vector<carrier_news>> read_webhook_news(std::string_view body,
                                                    contact_memory& contacts);

}  // namespace dialplane::surge
