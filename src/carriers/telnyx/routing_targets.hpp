// What a number's texts and calls are routed through at Telnyx: a messaging profile and a TeXML
// application, found by name or made, never made twice.
//
// The name is made of our installation and the webhook's address, so the same address always leads
// to the same object, after a lost answer and after a restart too. Callers that ask for one while
// it is being looked for wait for the same outcome, each on its own loop.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/event_loop.hpp"
#include "carriers/carrier.hpp"

namespace dialplane::telnyx {

struct account;

enum class target_kind { messaging_profile, texml_application };

class routing_targets {
 public:
  routing_targets() = default;
  ~routing_targets();  // ends the calls that wait
  routing_targets(const routing_targets&) = delete;
  routing_targets& operator=(const routing_targets&) = delete;

  // The id of the target that leads to `url`. With a pinned one of the operator's: that one, if it
  // leads there; it is never changed.
  void find_or_make(const std::shared_ptr<account>& at, target_kind kind, const std::string& url,
                    carrier_done<std::string> done);
  // For an id that turned out to be gone.
  void forget(target_kind kind, const std::string& url);

 private:
  struct waiter {
    event_loop* loop = nullptr;
    carrier_done<std::string> done;
  };
  struct entry {
    std::string id;                // empty while it is looked for
    std::vector<waiter> waiting;
  };
  using key = std::pair<target_kind, std::string>;

  void settle(const key& which, const result<std::string>& outcome);

  std::mutex mutex_;
  std::map<key, entry> entries_;
};

// The webhook address of a profile or an application by its id, from memory or asked; "" where it
// has none or is gone.
void target_url(const std::shared_ptr<account>& at, target_kind kind, const std::string& id,
                carrier_done<std::string> done);

}  // namespace dialplane::telnyx
