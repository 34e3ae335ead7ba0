"""Starts ministack, with seven things that it lacks and this stack needs.

Nothing of the installed package is changed: its tables of handlers are, in this process.
"""

import contextvars
import json

from ministack.core import lambda_runtime as runtime
from ministack.services import apigateway as http_and_websocket
from ministack.services.cloudformation import provisioners


def body_of(answer):
    status, _headers, body = answer
    if status >= 400:
        raise ValueError(body)
    return json.loads(body)


def route_id(reference):
    """A route's Ref may come as `api/route`."""
    return reference.rsplit("/", 1)[-1]


# 1. CloudFormation has no AWS::ApiGatewayV2::Deployment there.
def create_deployment(_logical_id, props, _stack):
    made = body_of(http_and_websocket._create_deployment(props["ApiId"], {}))["deploymentId"]
    return made, {"DeploymentId": made}


def delete_deployment(made, props):
    http_and_websocket._delete_deployment(props["ApiId"], made)


# 2. Nor AWS::ApiGatewayV2::RouteResponse.
def create_route_response(_logical_id, props, _stack):
    wanted = {"routeResponseKey": props["RouteResponseKey"]}
    answer = http_and_websocket._create_route_response(props["ApiId"], route_id(props["RouteId"]), wanted)
    made = body_of(answer)["routeResponseId"]
    return made, {"RouteResponseId": made}


def delete_route_response(made, props):
    http_and_websocket._delete_route_response(props["ApiId"], route_id(props["RouteId"]), made)


def integration_id(reference):
    """An integration's Ref may come as `api/integration`."""
    return reference.rsplit("/", 1)[-1]


# 3. Nor AWS::ApiGatewayV2::IntegrationResponse.
def create_integration_response(_logical_id, props, _stack):
    wanted = {
        "integrationResponseKey": props["IntegrationResponseKey"],
        "templateSelectionExpression": props.get("TemplateSelectionExpression"),
        "responseTemplates": props.get("ResponseTemplates", {}),
    }
    integration = integration_id(props["IntegrationId"])
    answer = http_and_websocket._create_integration_response(props["ApiId"], integration, wanted)
    made = body_of(answer)["integrationResponseId"]
    return made, {"IntegrationResponseId": made}


def delete_integration_response(made, props):
    integration = integration_id(props["IntegrationId"])
    http_and_websocket._delete_integration_response(props["ApiId"], integration, made)


handlers = provisioners._RESOURCE_HANDLERS
handlers["AWS::ApiGatewayV2::Deployment"] = {"create": create_deployment, "delete": delete_deployment}
handlers["AWS::ApiGatewayV2::RouteResponse"] = {"create": create_route_response, "delete": delete_route_response}
handlers["AWS::ApiGatewayV2::IntegrationResponse"] = {
    "create": create_integration_response,
    "delete": delete_integration_response,
}

# 4. Its Node worker looks for no handler in .cjs files; Lambda's own runtime does.
MJS = 'const mjsPath = fullPath + ".mjs";'
ANY = 'const mjsPath = [".mjs", ".cjs"].map((x) => fullPath + x).find((x) => fs.existsSync(x)) ?? "";'
assert runtime._NODEJS_WORKER_SCRIPT.count(MJS) == 1
runtime._NODEJS_WORKER_SCRIPT = runtime._NODEJS_WORKER_SCRIPT.replace(MJS, ANY)

# 5. It keeps the capitals of CloudFormation's CORS keys, and then never finds them.
create_api = handlers["AWS::ApiGatewayV2::Api"]["create"]


def create_api_with_cors(logical_id, props, stack):
    cors = props.get("CorsConfiguration")
    if cors:
        props = {**props, "CorsConfiguration": {key[0].lower() + key[1:]: value for key, value in cors.items()}}
    return create_api(logical_id, props, stack)


handlers["AWS::ApiGatewayV2::Api"]["create"] = create_api_with_cors

# 6. It accepts a handshake without the protocol that $connect has chosen.
invoke_function = http_and_websocket._invoke_ws_lambda
handle_websocket = http_and_websocket.handle_websocket
chosen = contextvars.ContextVar("chosen", default=None)


async def invoke_and_note(*args, **kwargs):
    answer = await invoke_function(*args, **kwargs)
    headers = {name.lower(): value for name, value in ((answer or {}).get("headers") or {}).items()}
    if headers.get("sec-websocket-protocol"):
        chosen.set(headers["sec-websocket-protocol"])
    return answer


async def handle_with_protocol(scope, receive, send, *args, **kwargs):
    async def send_with_protocol(message):
        if message["type"] == "websocket.accept" and chosen.get():
            message = {**message, "subprotocol": chosen.get()}
        await send(message)

    chosen.set(None)
    return await handle_websocket(scope, receive, send_with_protocol, *args, **kwargs)


http_and_websocket._invoke_ws_lambda = invoke_and_note
http_and_websocket.handle_websocket = handle_with_protocol


# 7. It has no CodeDeploy: here its resources are names, and an alias moves to the new version at once.
def create_name(logical_id, _props, _stack):
    return logical_id, {}


def delete_name(_made, _props):
    pass


for codedeploy in ("Application", "DeploymentGroup"):
    handlers[f"AWS::CodeDeploy::{codedeploy}"] = {"create": create_name, "delete": delete_name}

if __name__ == "__main__":
    from ministack.app import main

    main()
