#include "server/demo_company.hpp"

#include <boost/json/value.hpp>

namespace dialplane {

// Names and numbers are fiction: 555-01XX is set aside for it, and .example never resolves.
boost::json::object demo_company() {
  return {
      {"entity_type", "llc"},
      {"registered_name", "Bluebird Supply LLC"},
      {"display_name", "Bluebird Supply"},
      {"country", "US"},
      {"address",
       {{"line1", "100 Market Street"},
        {"locality", "San Francisco"},
        {"region", "CA"},
        {"postal_code", "94105"},
        {"country", "US"}}},
      {"contact",
       {{"first_name", "Robin"},
        {"last_name", "Wren"},
        {"email", "robin@bluebird.example"},
        {"phone_number", "+14155550110"},
        {"title", "Owner"}}},
      {"mobile_number", "+14155550111"},
      {"email", "hello@bluebird.example"},
      {"website", "https://bluebird.example"},
      {"industry", "retail"},
      {"regions_of_operation", {"usa_and_canada"}},
      {"time_zone", "America/Los_Angeles"},
      {"messaging",
       {{"description", "Answers to questions of customers about their orders."},
        {"consent_flow", "Customers tick a box beside their number when they order."},
        {"message_samples",
         {"Bluebird Supply: your order leaves today. Reply STOP to end.",
          "Bluebird Supply: we have refunded your order. Reply HELP for help, STOP to end."}},
        {"use_cases", {"customer_care"}},
        {"volume", "low"},
        {"privacy_policy_url", "https://bluebird.example/privacy"},
        {"terms_and_conditions_url", "https://bluebird.example/terms"},
        {"includes", boost::json::array{}}}},
  };
}

}  // namespace dialplane
