using EmotionMLNet.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmotionMLNet.Web.Models;

/// <summary>GET /v1/models: what is served.</summary>
internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/models", (ModelStore store) => WebJson.Answer(Describe(store)))
            .WithSummary("The models of this server.")
            .Produces<ModelsAnswer>()
            .ProducesProblems(401, 429);
        app.MapGet("/v1/models/{name}", (ModelStore store, string name) =>
            {
                ServedModel model = store.Find(name);
                return WebJson.Answer(new ModelCardAnswer(model, store.FindFailure(name)));
            })
            .WithSummary("A model, with its card.")
            .Produces<ModelCardAnswer>()
            .ProducesProblems(401, 404, 429, 503);
    }

    private static ModelsAnswer Describe(ModelStore store) => new(
        store.Default,
        [.. store.All.Select(m => new ModelAnswer(m, store.FindFailure(m.Name)))],
        [.. store.Failed.Select(f => new FailedModelAnswer(f.Name, f.Failure.At, f.Failure.Title))]
    );
}
