// What the played Surge knows: plain records, by id. Ids rise with time, so maps are in order of
// making.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace dialplane::emulators::surge {

struct account {
  std::string id;
  std::string name;
  boost::json::object shown;      // brand_name, time_zone, organization
  bool archived = false;
  bool code_answered = false;     // a sole proprietor's
  std::string complaint;          // of the registry about the company; empty: none
  std::string complaint_field;
};

struct campaign {
  std::string id;
  std::string account;
  bool toll_free = false;
  boost::json::object inputs;
  std::string status = "created";
  std::string note;               // the reviewer's, sent by e-mail: for /_emulator/state only
  std::int64_t submission = 1;
};

struct number {
  std::string id;
  std::string account;
  std::string e164;
  std::string type;
  std::string name;
  std::string campaign;           // id
  std::string attachment;         // attached, attachment_pending, detached, ...
  timestamp visible_from;         // in lists
};

struct message {
  std::string id;
  std::string account;
  std::string number;             // ours, E.164
  std::string number_id;
  std::string contact;            // id
  std::string body;
  boost::json::array attachments;
  boost::json::object metadata;
  bool inbound = false;
  std::string status = "created";
  std::string failure;
};

struct contact {
  std::string id;
  std::string account;
  std::string phone_number;
  boost::json::object fields;     // first_name, last_name, email, metadata
  bool outbound_disabled = false;
  bool opted_out = false;
};

struct verification {
  std::string id;
  std::string phone_number;
  std::string code;
  std::string status = "pending";
  std::int64_t attempts = 0;
  timestamp expires;
};

// How a coming review ends, as ordered.
struct review {
  std::string outcome;            // approve, reject, changes_needed, deactivate, ...
  std::string reason;
  std::int64_t count = 1;
};

struct purchase {
  std::string e164;
  std::string mark;
  std::string account;
};

struct books {
  std::map<std::string, account> accounts;
  std::map<std::string, campaign> campaigns;
  std::map<std::string, number> numbers;
  std::map<std::string, message> messages;
  std::map<std::string, contact> contacts;
  std::map<std::string, verification> verifications;
  std::map<std::string, std::string> conversations;  // contact and number -> id
  std::vector<purchase> purchases;                   // ever
  std::set<std::string> sold_elsewhere;              // E.164
  std::set<std::string> exhausted;                   // area codes
  std::deque<review> reviews;
};

}  // namespace dialplane::emulators::surge
