using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace EmotionMLNet.Web.Hosting;

/// <summary>/openapi/v1.json: the API in words for machines, OpenAPI 3.1.</summary>
internal static class ApiDescription
{
    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "EmotionMLNet";
            document.Info.Version = "1";
            document.Info.Description =
                "Labels pictures of faces with the expression that annotators would most likely give them; never with what somebody feels.";
            document.Servers = [];
            return Task.CompletedTask;
        });
    }

    /// <summary>
    /// Says what an endpoint reads. The framework's own way (Accepts) would refuse requests of other types, and a picture is told by its
    /// content.
    /// </summary>
    public static RouteHandlerBuilder Reads(this RouteHandlerBuilder endpoint, params string[] types) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var content = new Dictionary<string, OpenApiMediaType>();
            foreach (string type in types) content.Add(type, new OpenApiMediaType { Schema = SchemaOf(type) });
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = content };
            return Task.CompletedTask;
        });

    /// <summary>Lets the description name properties as answers do.</summary>
    public static void UseOwnNames(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = WebJson.Options.PropertyNamingPolicy;
        options.NumberHandling = WebJson.Options.NumberHandling;
    }

    private static OpenApiSchema SchemaOf(string type) => type switch
    {
        "application/json" => new OpenApiSchema { Type = JsonSchemaType.Object },
        "multipart/form-data" => new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
        },
        _ => new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
    };
}
