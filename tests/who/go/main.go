// Asks the AWS SDK for Go v2, on which Terraform stands, whom it would sign as in each of many environments, without a
// network: what would be sent is answered here, with keys that say who asked for what.   usage: go ENVIRONMENTS.json
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
)

type environment struct {
	Home      string
	Variables map[string]string
}

type answer struct {
	Identity string  `json:"identity,omitempty"`
	Region   *string `json:"region"`
	Error    string  `json:"error,omitempty"`
}

func keys(who string) map[string]string {
	return map[string]string{"AccessKeyId": who, "SecretAccessKey": "x", "SessionToken": "t", "Token": "t",
		"Expiration": "2099-01-01T00:00:00Z", "Code": "Success"}
}

func asJSON(value interface{}) string {
	text, _ := json.Marshal(value)
	return string(text)
}

func sts(action, who string) string {
	fields := ""
	for name, value := range keys(who) {
		if name != "Token" && name != "Code" {
			fields += fmt.Sprintf("<%s>%s</%s>", name, value, name)
		}
	}
	return fmt.Sprintf("<%[1]sResponse><%[1]sResult><Credentials>%[2]s</Credentials></%[1]sResult></%[1]sResponse>", action, fields)
}

var credential = regexp.MustCompile(`Credential=(.+?)/\d{8}/`)

type stub struct{}

func (stub) Do(request *http.Request) (*http.Response, error) { return stub{}.RoundTrip(request) }

func (stub) RoundTrip(request *http.Request) (*http.Response, error) {
	status, text := 200, ""
	path := request.URL.Path
	switch {
	case path == "/latest/api/token":
		text = "token"
	case strings.HasSuffix(path, "/security-credentials/"):
		text = "machine"
	case strings.HasSuffix(path, "/machine"):
		text = asJSON(keys("instance"))
	case strings.HasPrefix(path, "/latest/"):
		status = 404
	case path == "/container":
		text = asJSON(keys("container"))
	case path == "/federation/credentials":
		query := request.URL.Query()
		who := "sso:" + query.Get("account_id") + "/" + query.Get("role_name")
		text = asJSON(map[string]interface{}{"roleCredentials": map[string]interface{}{
			"accessKeyId": who, "secretAccessKey": "x", "sessionToken": "t", "expiration": 4070908800000}})
	default:
		body, _ := io.ReadAll(request.Body)
		asked, _ := url.ParseQuery(string(body))
		action, arn := asked.Get("Action"), asked.Get("RoleArn")
		if action == "AssumeRoleWithWebIdentity" {
			text = sts(action, "web:"+arn)
		} else {
			by := credential.FindStringSubmatch(request.Header.Get("Authorization"))
			if by == nil {
				return nil, errors.New("nobody signed")
			}
			text = sts(action, "role:"+arn+"|"+by[1])
		}
	}
	header := http.Header{"X-Aws-Ec2-Metadata-Token-Ttl-Seconds": {"21600"}}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewBufferString(text)), Request: request}, nil
}

func ask() (answer, error) {
	ctx := context.Background()
	// They are looked up once, before any environment is set.
	config.DefaultSharedConfigFiles = []string{config.DefaultSharedConfigFilename()}
	config.DefaultSharedCredentialsFiles = []string{config.DefaultSharedCredentialsFilename()}
	loaded, err := config.LoadDefaultConfig(ctx, config.WithHTTPClient(stub{}),
		config.WithEndpointCredentialOptions(func(options *endpointcreds.Options) { options.HTTPClient = stub{} }))
	if err != nil {
		return answer{}, err
	}
	found, err := loaded.Credentials.Retrieve(ctx)
	if err != nil {
		return answer{}, err
	}
	result := answer{Identity: found.AccessKeyID}
	if loaded.Region != "" {
		result.Region = &loaded.Region
	}
	return result, nil
}

func main() {
	http.DefaultTransport = stub{}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var environments []environment
	if err := json.Unmarshal(text, &environments); err != nil {
		panic(err)
	}
	startedWith := os.Environ()
	answers := []answer{}
	for _, environment := range environments {
		os.Clearenv()
		for _, variable := range startedWith {
			name, value, _ := strings.Cut(variable, "=")
			os.Setenv(name, value)
		}
		for name, value := range environment.Variables {
			os.Setenv(name, value)
		}
		os.Setenv("HOME", environment.Home)
		result, err := ask()
		if err != nil {
			result = answer{Error: strings.SplitN(err.Error(), "\n", 2)[0]}
		}
		answers = append(answers, result)
	}
	fmt.Print(asJSON(answers))
}
